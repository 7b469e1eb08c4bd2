//! From which address somebody comes.
//!
//! It is the address of the connection; where that is a proxy that is believed, the last address of
//! `X-Forwarded-For` that is none. What stands before that anybody may have written. This machine is
//! believed, since whoever may connect from here has other ways; other proxies are named when the server
//! is started.

use axum::extract::connect_info::ConnectInfo;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use std::fmt;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

/// Addresses that begin alike: `10.0.0.0/8`, or one alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    first: IpAddr,
    bits: u8,
}

/// What is no network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadNetwork;

impl fmt::Display for BadNetwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("is no address (10.0.0.7) and no network (10.0.0.0/8)")
    }
}

impl std::error::Error for BadNetwork {}

impl FromStr for Network {
    type Err = BadNetwork;

    fn from_str(text: &str) -> Result<Self, BadNetwork> {
        let (first, bits) = match text.split_once('/') {
            Some((first, bits)) => (first, Some(bits)),
            None => (text, None),
        };
        let first: IpAddr = first.parse().map_err(|_| BadNetwork)?;
        let most = if first.is_ipv4() { 32 } else { 128 };
        let bits = match bits {
            None => most,
            Some(bits) => bits.parse().map_err(|_| BadNetwork)?,
        };
        match bits <= most {
            true => Ok(Self { first, bits }),
            false => Err(BadNetwork),
        }
    }
}

impl Network {
    fn holds(self, address: IpAddr) -> bool {
        let same = |one: u128, other: u128, width: u32| {
            let shift = width - u32::from(self.bits);
            one.checked_shr(shift).unwrap_or(0) == other.checked_shr(shift).unwrap_or(0)
        };
        match (self.first, address) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                same(u128::from(own.to_bits()), u128::from(other.to_bits()), 32)
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => same(own.to_bits(), other.to_bits(), 128),
            _ => false,
        }
    }
}

/// From where a request comes. Nothing where that is not known: a proxy that says nothing would make one
/// of all who come by it.
pub(crate) fn of(parts: &Parts, proxies: &[Network]) -> Option<IpAddr> {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>()?;
    behind(peer.0.ip().to_canonical(), &parts.headers, proxies)
}

/// How an address is counted: whoever has one of IPv6 has a whole network of them.
pub(crate) fn counted(address: IpAddr) -> String {
    match address {
        IpAddr::V4(_) => address.to_string(),
        IpAddr::V6(own) => Ipv6Addr::from_bits(own.to_bits() >> 64 << 64).to_string(),
    }
}

fn behind(peer: IpAddr, headers: &HeaderMap, proxies: &[Network]) -> Option<IpAddr> {
    let believed =
        |address: IpAddr| address.is_loopback() || proxies.iter().any(|own| own.holds(address));
    let sent = headers.get_all("x-forwarded-for").iter();
    let texts: Vec<&str> = sent.filter_map(|sent| sent.to_str().ok()).collect();
    let chain = texts.iter().flat_map(|text| text.split(','));
    let mut at = peer;
    for text in chain.collect::<Vec<_>>().into_iter().rev() {
        if !believed(at) {
            break;
        }
        let Ok(next) = text.trim().parse::<IpAddr>() else {
            break;
        };
        at = next.to_canonical();
    }
    (!believed(at)).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn from(peer: &str, forwarded: &[&'static str], proxies: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for sent in forwarded {
            headers.append("x-forwarded-for", HeaderValue::from_static(sent));
        }
        let proxies: Vec<Network> = proxies.iter().map(|own| own.parse().unwrap()).collect();
        let found = behind(peer.parse().unwrap(), &headers, &proxies);
        found.map_or_else(String::new, |found| found.to_string())
    }

    #[test]
    fn a_proxy_is_believed_if_it_is_named_and_nobody_else() {
        let told = &["6.6.6.6, 1.2.3.4"];
        assert_eq!(from("9.9.9.9", told, &[]), "9.9.9.9");
        assert_eq!(from("9.9.9.9", told, &["10.0.0.0/8"]), "9.9.9.9");
        assert_eq!(from("127.0.0.1", &[], &[]), "");
        // The last that is no proxy: what stands before it anybody may write.
        assert_eq!(from("127.0.0.1", told, &[]), "1.2.3.4");
        assert_eq!(from("10.1.2.3", told, &["10.0.0.0/8"]), "1.2.3.4");
        assert_eq!(
            from("10.1.2.3", told, &["10.0.0.0/8", "1.2.3.4"]),
            "6.6.6.6"
        );
        assert_eq!(from("127.0.0.1", &["6.6.6.6", "1.2.3.4"], &[]), "1.2.3.4");
        assert_eq!(from("127.0.0.1", &["nonsense"], &[]), "");
        assert_eq!(from("127.0.0.1", &["1.2.3.4, nonsense"], &[]), "");
        assert_eq!(from("::1", &["::ffff:1.2.3.4"], &[]), "1.2.3.4");
    }

    #[test]
    fn a_network_is_read_and_holds_its_own() {
        let holds = |network: &str, address: &str| {
            let network: Network = network.parse().unwrap();
            network.holds(address.parse().unwrap())
        };
        assert!(holds("10.0.0.0/8", "10.255.0.1") && !holds("10.0.0.0/8", "11.0.0.1"));
        assert!(holds("0.0.0.0/0", "9.9.9.9") && !holds("0.0.0.0/0", "::1"));
        assert!(holds("2001:db8::/32", "2001:db8:1::1") && holds("::/0", "::1"));
        for wrong in ["", "10.0.0.0/33", "10.0.0", "a/8", "10.0.0.0/-1", "::/129"] {
            assert_eq!(wrong.parse::<Network>(), Err(BadNetwork), "{wrong}");
        }
        assert_eq!(
            counted("2001:db8:1:2:3::4".parse().unwrap()),
            "2001:db8:1:2::"
        );
    }
}
