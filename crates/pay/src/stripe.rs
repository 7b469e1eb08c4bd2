//! A provider that is spoken to as Stripe is: forms go in, JSON comes out, signed webhooks tell what
//! happened later.
//!
//! Members keep what it calls them in an identity of the kind `stripe`: the customer and the payment
//! method that they left there, as `cus_…/pm_…`.

use crate::{
    Answer, BadWebhook, Charge, Provider, Repay, Secret, Subject, Told, Unreached, What, signature,
};
use regulars_base::{MemberId, TenantId, Timestamp};
use serde_json::Value;
use std::fmt::Write as _;
use std::time::Duration;

/// The most of an answer that is read.
const ANSWER_MAX: u64 = 1 << 20;

/// A provider with Stripe's interface.
#[derive(Debug)]
pub struct Stripe {
    address: String,
    key: Secret,
    webhook_secrets: Vec<Secret>,
    agent: ureq::Agent,
}

impl Stripe {
    /// Where it is.
    pub const ADDRESS: &'static str = "https://api.stripe.com";

    /// At `address`, which is encrypted or on this machine. An answer takes no longer than `patience`.
    pub fn new(
        address: &str,
        key: Secret,
        webhook_secrets: Vec<Secret>,
        patience: Duration,
    ) -> Result<Self, String> {
        let local = ["http://127.0.0.1", "http://localhost", "http://[::1]"];
        let ends = |rest: &str| rest.is_empty() || rest.starts_with([':', '/']);
        let is_local = |start: &str| address.strip_prefix(start).is_some_and(ends);
        if !address.starts_with("https://") && !local.into_iter().any(is_local) {
            return Err(format!(
                "`{address}` is neither encrypted nor on this machine: write https://"
            ));
        }
        let config = ureq::Agent::config_builder()
            .timeout_global(Some(patience))
            .http_status_as_error(false)
            .max_redirects(0)
            .build();
        Ok(Self {
            address: address.trim_end_matches('/').to_owned(),
            key,
            webhook_secrets,
            agent: config.into(),
        })
    }

    /// Sends a form; the status of the answer, and its JSON.
    fn post(&self, path: &str, key: &str, form: &Form) -> Result<(u16, Value), Unreached> {
        let unreached = |error: ureq::Error| Unreached(error.to_string());
        let mut answer = self
            .agent
            .post(format!("{}{path}", self.address))
            .header("Authorization", format!("Bearer {}", self.key.word()))
            .header("Idempotency-Key", key)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .send(form.0.as_str())
            .map_err(unreached)?;
        let status = answer.status().as_u16();
        let body = answer.body_mut().with_config().limit(ANSWER_MAX);
        let body = body.read_to_string().map_err(unreached)?;
        let json = serde_json::from_str(&body)
            .map_err(|_| Unreached(format!("the answer of status {status} is no JSON")))?;
        Ok((status, json))
    }
}

impl Provider for Stripe {
    fn name(&self) -> &'static str {
        "stripe"
    }

    fn charge(&self, charge: &Charge) -> Result<Answer, Unreached> {
        let payer = charge
            .payer
            .as_deref()
            .and_then(|payer| payer.split_once('/'));
        let Some((customer, method)) = payer else {
            return Ok(Answer::Failed {
                reference: String::new(),
                reason: "no_payment_method".to_owned(),
            });
        };
        let mut form = Form::default();
        form.add("amount", &charge.amount.to_string());
        form.add("currency", &charge.currency.code().to_ascii_lowercase());
        form.add("customer", customer);
        form.add("payment_method", method);
        form.add("confirm", "true");
        form.add("off_session", "true");
        form.add("description", &charge.description);
        form.subject(&charge.subject);
        let key = key_of("charge", &charge.subject);
        let (status, json) = self.post("/v1/payment_intents", &key, &form)?;
        match status {
            200..=299 => Ok(intent(&json)),
            402 => {
                let error = &json["error"];
                Ok(Answer::Failed {
                    reference: text(&error["payment_intent"]["id"]),
                    reason: reason(error),
                })
            }
            _ => Err(refused(status, &json)),
        }
    }

    fn repay(&self, repay: &Repay) -> Result<Answer, Unreached> {
        if repay.reference.is_empty() {
            return Ok(Answer::Pending);
        }
        let mut form = Form::default();
        form.add("payment_intent", &repay.reference);
        form.add("amount", &repay.amount.to_string());
        form.subject(&repay.subject);
        let note = format!("repay-{}-{}", repay.paid_back, repay.amount);
        let (status, json) = self.post("/v1/refunds", &key_of(&note, &repay.subject), &form)?;
        match status {
            200..=299 => Ok(refund(&json)),
            _ => Err(refused(status, &json)),
        }
    }

    fn webhook(
        &self,
        signature: &str,
        body: &[u8],
        now: Timestamp,
    ) -> Result<Option<Told>, BadWebhook> {
        let seconds = now.micros().div_euclid(1_000_000);
        signature::check(signature, body, &self.webhook_secrets, seconds)?;
        let json: Value =
            serde_json::from_slice(body).map_err(|error| BadWebhook::Body(error.to_string()))?;
        let object = &json["data"]["object"];
        let Some(subject) = subject(&object["metadata"]) else {
            return Ok(None);
        };
        let what = match json["type"].as_str().unwrap_or_default() {
            "payment_intent.succeeded" => What::Charge(Answer::Done {
                reference: text(&object["id"]),
            }),
            "payment_intent.payment_failed" | "payment_intent.canceled" => {
                What::Charge(Answer::Failed {
                    reference: text(&object["id"]),
                    reason: reason(&object["last_payment_error"]),
                })
            }
            "refund.updated" | "refund.created" | "charge.refund.updated" => {
                What::Repay(refund(object), object["amount"].as_i64().unwrap_or(0))
            }
            _ => return Ok(None),
        };
        Ok(Some(Told { subject, what }))
    }
}

/// What a payment came to.
fn intent(json: &Value) -> Answer {
    let reference = text(&json["id"]);
    match json["status"].as_str().unwrap_or_default() {
        "succeeded" => Answer::Done { reference },
        // Nobody is there who could confirm it, or choose another card.
        "requires_payment_method" | "requires_action" | "canceled" => Answer::Failed {
            reference,
            reason: reason(&json["last_payment_error"]),
        },
        _ => Answer::Pending,
    }
}

fn refund(json: &Value) -> Answer {
    let reference = text(&json["id"]);
    match json["status"].as_str().unwrap_or_default() {
        "succeeded" => Answer::Done { reference },
        "failed" | "canceled" => Answer::Failed {
            reference,
            reason: text(&json["failure_reason"]),
        },
        _ => Answer::Pending,
    }
}

/// An answer that says nothing about the payment: to be asked again, and somebody to look at it.
fn refused(status: u16, json: &Value) -> Unreached {
    let error = &json["error"];
    let code = error["code"].as_str().or(error["type"].as_str());
    Unreached(format!(
        "status {status}, {}",
        code.unwrap_or("without a reason")
    ))
}

/// Why a payment failed: the most exact of its codes.
fn reason(error: &Value) -> String {
    let codes = ["decline_code", "code", "type"];
    let code = codes.iter().find_map(|name| error[*name].as_str());
    code.unwrap_or("not_paid").to_owned()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// What makes a request one, however often it is sent.
fn key_of(what: &str, subject: &Subject) -> String {
    let Subject {
        tenant,
        member,
        invoice,
        attempt,
    } = subject;
    format!("regulars-{what}-{tenant}-{member}-{invoice}-{attempt}")
}

/// Whose payment it is; nothing if it is none of ours.
fn subject(metadata: &Value) -> Option<Subject> {
    let word = |name: &str| metadata[name].as_str();
    Some(Subject {
        tenant: word("regulars_tenant")?.parse::<TenantId>().ok()?,
        member: word("regulars_member")?.parse::<MemberId>().ok()?,
        invoice: word("regulars_invoice")?.parse().ok()?,
        attempt: word("regulars_attempt")?.parse().ok()?,
    })
}

/// Fields of a form, encoded.
#[derive(Default)]
struct Form(String);

impl Form {
    fn add(&mut self, name: &str, value: &str) {
        if !self.0.is_empty() {
            self.0.push('&');
        }
        for (text, end) in [(name, "="), (value, "")] {
            for byte in text.bytes() {
                match byte {
                    b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
                        self.0.push(char::from(byte));
                    }
                    _ => drop(write!(self.0, "%{byte:02X}")),
                }
            }
            self.0.push_str(end);
        }
    }

    fn subject(&mut self, subject: &Subject) {
        self.add("metadata[regulars_tenant]", &subject.tenant.to_string());
        self.add("metadata[regulars_member]", &subject.member.to_string());
        self.add("metadata[regulars_invoice]", &subject.invoice.to_string());
        self.add("metadata[regulars_attempt]", &subject.attempt.to_string());
    }
}
