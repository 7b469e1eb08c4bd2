//! `due`: when something will happen to a wallet by itself.

use crate::program::Program;
use crate::state::Wallet;
use regulars_base::Timestamp;

/// The next moment at which something happens to the wallet that somebody must be told or paid:
/// points lapse, a tier ends, a hold or a card or a voucher is over. A `Tick` then makes it happen.
pub fn due(_program: &Program, _wallet: &Wallet) -> Option<Timestamp> {
    None
}
