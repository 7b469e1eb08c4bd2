//! `regulars mcp`: an assistant on this machine asks, on standard input and output.

use crate::Answer;
use crate::failure::Failure;
use crate::flags::Place;
use clap::Args;

/// Let an assistant ask: the Model Context Protocol on standard input and output
///
/// For programs that start their tools themselves. What it may see is what the key may see; all tools only
/// read. A server answers the same at /mcp.
#[derive(Args)]
pub(crate) struct Mcp {
    /// The API key of the assistant (reg_…), with the scope `read`.
    #[arg(long, env = "REGULARS_KEY", value_name = "KEY", hide_env_values = true)]
    key: String,
    #[command(flatten)]
    place: Place,
}

pub(crate) fn run(ask: &Mcp) -> anyhow::Result<Answer> {
    let app = ask.place.open()?;
    let served = regulars_server::assist(app.clone(), &ask.key);
    app.close();
    served.map_err(|error| {
        Failure::new(
            error.to_string(),
            "make a key with `regulars keys create`, and name it with --key or REGULARS_KEY",
        )
    })?;
    Ok(Answer::Yes)
}
