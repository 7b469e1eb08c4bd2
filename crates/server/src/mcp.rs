//! Assistants: the Model Context Protocol, over HTTP at `/mcp` and over standard input and output
//! (`regulars mcp`).
//!
//! A tool asks the API: it makes requests of its own, with the caller's key, to the same paths that
//! everybody asks, and answers what they answer. So shapes, rights and limits are the API's, whatever is
//! added there ([ADR 0105]). All tools read; none changes anything.
//!
//! [ADR 0105]: ../../../docs/adr/0105-what-may-an-assistant-do.md

mod tools;

use crate::extract::{BATCH_MAX, BODY_MAX};
use crate::router::router;
use crate::serve::Settings;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::{self, Next};
use axum::response::Response;
use regulars_app::App;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, Implementation, ListToolsResult,
    PaginatedRequestParams, ServerCapabilities, ServerConfig,
};
use rmcp::service::RequestContext;
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use rmcp::{ErrorData, RoleServer, ServerHandler, ServiceExt as _};
use serde_json::{Map, Value};
use std::io;
use std::sync::Arc;
use tools::{Ask, TOOLS, Tool};
use tower::ServiceExt as _;

/// Where assistants ask.
pub(crate) const PATH: &str = "/mcp";
/// The longest answer of the API that is handed on.
const ANSWER_MAX: usize = BATCH_MAX;

const INSTRUCTIONS: &str = "Regulars keeps a shop's loyalty program: members, their points with the \
    reasons for them, and figures about customers. All tools only read. Amounts are exact decimals, \
    written as texts.";

/// Answers assistants.
#[derive(Clone)]
struct Assistant {
    /// The API.
    paths: Router,
    /// The key, where requests bring none of their own.
    key: Option<HeaderValue>,
}

/// The path of assistants, for a server whose API these paths are. Whoever asks shows a key: each request
/// stands for itself, there are no sessions.
pub(crate) fn with(paths: Router) -> Router {
    let assistant = Assistant {
        paths: paths.clone(),
        key: None,
    };
    let door = assistant.clone();
    let config = StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        .with_json_response(true)
        .with_max_request_body_bytes(BODY_MAX)
        // A page of somebody else cannot show a key, so it does not matter under which name it finds us.
        .disable_allowed_hosts();
    let sessions = Arc::new(NeverSessionManager::default());
    let service = StreamableHttpService::new(move || Ok(assistant.clone()), sessions, config);
    let own = Router::new().route_service(PATH, service);
    paths.merge(
        own.layer(middleware::from_fn(move |request: Request, next: Next| {
            let door = door.clone();
            async move { door.let_in(request, next).await }
        })),
    )
}

/// Answers an assistant on standard input and output until it is done. Blocks.
pub fn assist(app: App, key: &str) -> io::Result<()> {
    let key = HeaderValue::from_str(&format!("Bearer {key}")).map_err(io::Error::other)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let assistant = Assistant {
        paths: router(app, Settings::default()),
        key: Some(key),
    };
    runtime.block_on(async {
        let told = assistant.told(&Ask::get("/v1/keys/current")).await;
        if told.status != StatusCode::OK {
            let why = told.body["detail"]
                .as_str()
                .unwrap_or("the key is not taken");
            return Err(io::Error::new(
                io::ErrorKind::PermissionDenied,
                why.to_owned(),
            ));
        }
        let served = assistant.serve(rmcp::transport::stdio()).await;
        let served = served.map_err(io::Error::other)?;
        served.waiting().await.map_err(io::Error::other).map(drop)
    })
}

/// What the API answered.
struct Told {
    status: StatusCode,
    body: Value,
}

impl Assistant {
    /// Whoever has no good key is answered as the API answers.
    async fn let_in(mut self, request: Request, next: Next) -> Response {
        self.key = request.headers().get(AUTHORIZATION).cloned();
        let known = self.answer(&Ask::get("/v1/keys/current")).await;
        match known.status() {
            StatusCode::OK => next.run(request).await,
            _ => known,
        }
    }

    async fn answer(&self, ask: &Ask) -> Response {
        let mut request = Request::builder()
            .method(ask.body.as_ref().map_or(Method::GET, |_| Method::POST))
            .uri(&ask.path);
        if let Some(key) = &self.key {
            request = request.header(AUTHORIZATION, key);
        }
        let body = match &ask.body {
            None => Body::empty(),
            Some(body) => {
                request = request.header(CONTENT_TYPE, "application/json");
                Body::from(body.to_string())
            }
        };
        match request.body(body) {
            Ok(request) => {
                let answered = self.paths.clone().oneshot(request).await;
                answered.unwrap_or_else(|never| match never {})
            }
            Err(error) => {
                let body = serde_json::json!({ "detail": error.to_string() }).to_string();
                let mut response = Response::new(Body::from(body));
                *response.status_mut() = StatusCode::BAD_REQUEST;
                response
            }
        }
    }

    async fn told(&self, ask: &Ask) -> Told {
        let answer = self.answer(ask).await;
        let status = answer.status();
        let body = to_bytes(answer.into_body(), ANSWER_MAX).await;
        let body = body.map_err(|error| error.to_string());
        let read =
            body.and_then(|body| serde_json::from_slice(&body).map_err(|error| error.to_string()));
        match read {
            Ok(body) => Told { status, body },
            Err(error) => Told {
                status: StatusCode::INTERNAL_SERVER_ERROR,
                body: serde_json::json!({ "detail": error }),
            },
        }
    }

    /// What a tool answers: what the API does, or several answers by name. The first that is a problem is
    /// the answer.
    async fn done(&self, tool: &Tool, given: &Map<String, Value>) -> CallToolResult {
        let asks = match (tool.asks)(given) {
            Ok(asks) => asks,
            Err(what) => {
                return CallToolResult::structured_error(serde_json::json!({ "detail": what }));
            }
        };
        let mut answers = Map::new();
        for (name, ask) in &asks {
            let told = self.told(ask).await;
            if !told.status.is_success() {
                return CallToolResult::structured_error(told.body);
            }
            if asks.len() == 1 {
                return CallToolResult::structured(told.body);
            }
            answers.insert((*name).to_owned(), told.body);
        }
        CallToolResult::structured(Value::Object(answers))
    }
}

impl ServerHandler for Assistant {
    fn get_info(&self) -> ServerConfig {
        let capabilities = ServerCapabilities::builder().enable_tools().build();
        ServerConfig::new(capabilities)
            .with_server_info(Implementation::new("regulars", env!("CARGO_PKG_VERSION")))
            .with_instructions(INSTRUCTIONS)
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let all = TOOLS.iter().map(Tool::described).collect();
        Ok(ListToolsResult::with_all_items(all))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let Some(tool) = TOOLS.iter().find(|own| own.name == request.name) else {
            let names: Vec<&str> = TOOLS.iter().map(|own| own.name).collect();
            let what = format!(
                "there is no tool `{}`; there are {}",
                request.name,
                names.join(", ")
            );
            return Err(ErrorData::invalid_params(what, None));
        };
        let mut caller = self.clone();
        if let Some(parts) = context.extensions.get::<Parts>() {
            caller.key = parts.headers.get(AUTHORIZATION).cloned();
        }
        let given = request.arguments.unwrap_or_default();
        Ok(caller.done(tool, &given).await.into())
    }
}
