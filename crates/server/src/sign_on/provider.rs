//! What a provider offers, asked where it says so.

use super::form;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use regulars_app::SignOn;
use serde_json::Value;
use std::fmt;
use std::time::Duration;

/// The longest answer that is read.
const ANSWER_MAX: u64 = 512 * 1024;
const PATIENCE: Duration = Duration::from_secs(10);

/// Why a sign-in came to nothing: what the console's first page is told, and what the log is told.
#[derive(Debug)]
pub(crate) struct Trouble {
    /// `denied`, `unverified` or `broken`.
    pub(crate) reason: &'static str,
    /// What happened.
    pub(crate) cause: String,
}

impl Trouble {
    pub(crate) fn broken(cause: impl fmt::Display) -> Self {
        Self {
            reason: "broken",
            cause: cause.to_string(),
        }
    }
}

/// A provider, as it describes itself.
pub(crate) struct Provider {
    pub(crate) authorization: String,
    token: String,
    keys: String,
    about: Option<String>,
    takes_basic: bool,
    agent: ureq::Agent,
}

impl Provider {
    /// Asks a provider what it offers.
    pub(crate) fn discover(own: &SignOn) -> Result<Self, Trouble> {
        let config = ureq::Agent::config_builder()
            .timeout_global(Some(PATIENCE))
            .http_status_as_error(false)
            .max_redirects(0)
            .build();
        let agent: ureq::Agent = config.into();
        let address = format!("{}/.well-known/openid-configuration", own.issuer);
        let said = answer(agent.get(&address).call(), "its description")?;
        let text = |name: &str| said[name].as_str().unwrap_or_default().to_owned();
        if text("issuer").trim_end_matches('/') != own.issuer {
            let cause = format!("it calls itself `{}`, not `{}`", text("issuer"), own.issuer);
            return Err(Trouble::broken(cause));
        }
        // As the issuer, so what it names: encrypted, unless it is on this machine.
        let safe =
            |address: &String| address.starts_with("https://") || own.issuer.starts_with("http://");
        let methods = said["token_endpoint_auth_methods_supported"].as_array();
        let names = |method: &Value| method == "client_secret_basic";
        let provider = Self {
            authorization: text("authorization_endpoint"),
            token: text("token_endpoint"),
            keys: text("jwks_uri"),
            about: said["userinfo_endpoint"].as_str().map(str::to_owned),
            // Basic is what counts where it says nothing.
            takes_basic: methods.is_none_or(|methods| methods.iter().any(names)),
            agent,
        };
        let addresses = [&provider.authorization, &provider.token, &provider.keys];
        if !addresses.into_iter().chain(&provider.about).all(safe) {
            return Err(Trouble::broken("it names addresses that are not https://"));
        }
        Ok(provider)
    }

    /// Exchanges a code for the token that says who somebody is, and the one that asks more about them.
    pub(super) fn exchange(
        &self,
        own: &SignOn,
        back: &str,
        code: &str,
        verifier: &str,
    ) -> Result<(String, Option<String>), Trouble> {
        let mut parts = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", back),
            ("code_verifier", verifier),
        ];
        let mut request = self
            .agent
            .post(&self.token)
            .header("Accept", "application/json")
            .header("Content-Type", "application/x-www-form-urlencoded");
        if !own.client_secret.is_empty() && self.takes_basic {
            let pair = [
                form(&[("", &own.client_id)]),
                form(&[("", &own.client_secret)]),
            ];
            let pair = pair.map(|part| part.trim_start_matches('=').to_owned());
            let shown = STANDARD.encode(pair.join(":"));
            request = request.header("Authorization", format!("Basic {shown}"));
        } else {
            parts.push(("client_id", &own.client_id));
            if !own.client_secret.is_empty() {
                parts.push(("client_secret", &own.client_secret));
            }
        }
        let said = answer(request.send(form(&parts)), "the token")?;
        match said["id_token"].as_str() {
            Some(token) => Ok((
                token.to_owned(),
                said["access_token"].as_str().map(str::to_owned),
            )),
            None => Err(Trouble::broken("its answer has no id_token")),
        }
    }

    /// What it tells about somebody beside the token: some name the address only there.
    pub(super) fn about(&self, access: &str) -> Result<Value, Trouble> {
        let Some(about) = &self.about else {
            return Ok(Value::Null);
        };
        let asked = self.agent.get(about);
        let asked = asked.header("Authorization", format!("Bearer {access}"));
        answer(asked.call(), "what it tells of them")
    }

    /// The keys that it signs with.
    pub(super) fn keys(&self) -> Result<Vec<Value>, Trouble> {
        let said = answer(self.agent.get(&self.keys).call(), "its keys")?;
        match &said["keys"] {
            Value::Array(keys) => Ok(keys.clone()),
            _ => Err(Trouble::broken("it has no keys")),
        }
    }
}

fn answer(
    asked: Result<ureq::http::Response<ureq::Body>, ureq::Error>,
    what: &str,
) -> Result<Value, Trouble> {
    let unreached = |error: ureq::Error| Trouble::broken(format!("{what}: {error}"));
    let mut answer = asked.map_err(unreached)?;
    let status = answer.status().as_u16();
    let body = answer.body_mut().with_config().limit(ANSWER_MAX);
    let body = body.read_to_string().map_err(unreached)?;
    let said: Value = serde_json::from_str(&body).map_err(|_| {
        Trouble::broken(format!("{what}: the answer of status {status} is no JSON"))
    })?;
    match status {
        200 => Ok(said),
        _ => {
            let error = said["error"].as_str().unwrap_or("no reason");
            Err(Trouble::broken(format!("{what}: status {status}, {error}")))
        }
    }
}
