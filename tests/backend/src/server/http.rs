//! The answer to an HTTP request: a socket, a control answer, a file, or nothing.

use std::{convert::Infallible, fmt, net::SocketAddr, sync::Arc};

use bytes::Bytes;
use http_body_util::{BodyExt, Full, combinators::UnsyncBoxBody};
use hyper::{
    Method, Request, Response, StatusCode,
    body::Incoming,
    header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, HeaderValue, UPGRADE},
};
use tokio_tungstenite::tungstenite::handshake::server::create_response;
use tower::ServiceExt;
use tower_http::services::ServeDir;

use super::{Server, socket};
use crate::control::{self, Reply};

/// The body of an answer.
pub(super) type Body = UnsyncBoxBody<Bytes, std::io::Error>;

/// The connection is closed without an answer.
#[derive(Debug)]
pub(super) struct Closed;

impl fmt::Display for Closed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("closed without an answer")
    }
}

impl std::error::Error for Closed {}

/// Answers a request.
pub(super) async fn answer(
    server: Arc<Server>,
    peer: SocketAddr,
    request: Request<Incoming>,
) -> Result<Response<Body>, Closed> {
    if is_upgrade(&request) {
        return upgrade(server, request).await;
    }
    if let Some(command) = request.uri().path().strip_prefix("/control/") {
        if !server.options.control || !peer.ip().to_canonical().is_loopback() {
            return Ok(text(StatusCode::NOT_FOUND, "not found".to_owned()));
        }
        return Ok(control_answer(&server, command, &request).await);
    }
    Ok(file(&server, request).await)
}

fn is_upgrade(request: &Request<Incoming>) -> bool {
    let upgrade = request.headers().get(UPGRADE).and_then(|value| value.to_str().ok());
    upgrade.is_some_and(|upgrade| upgrade.eq_ignore_ascii_case("websocket"))
}

async fn upgrade(
    server: Arc<Server>,
    mut request: Request<Incoming>,
) -> Result<Response<Body>, Closed> {
    let faults = &server.environment.faults;
    faults.stall_ends().await;
    if faults.refuses() || !is_authorized(server.options.token.as_deref(), &request) {
        return Err(Closed);
    }
    let upgraded = hyper::upgrade::on(&mut request);
    let handshake = create_response(&request.map(|_| ())).map_err(|_| Closed)?;
    tokio::spawn(async move {
        if let Ok(upgraded) = upgraded.await {
            socket::serve(server, upgraded).await;
        }
    });
    Ok(handshake.map(|()| empty()))
}

/// Looks for the token where the real backend does.
fn is_authorized(token: Option<&str>, request: &Request<Incoming>) -> bool {
    let Some(token) = token else { return true };
    let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    let mut cookies = request
        .headers()
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|cookies| cookies.split(';'))
        .filter_map(|cookie| cookie.trim().strip_prefix("carta-auth-token="));
    let query = request.uri().query().unwrap_or_default();
    let mut parameters = form_urlencoded::parse(query.as_bytes());
    cookies.any(|cookie| cookie == token)
        || header(AUTHORIZATION.as_str()).and_then(|value| value.strip_prefix("Bearer "))
            == Some(token)
        || parameters.any(|(name, value)| name == "token" && value == token)
        || header("carta-auth-token") == Some(token)
}

async fn control_answer(
    server: &Arc<Server>,
    command: &str,
    request: &Request<Incoming>,
) -> Response<Body> {
    let query = request.uri().query().unwrap_or_default();
    let reply = match *request.method() {
        Method::OPTIONS => Reply::Done(String::new()),
        Method::GET | Method::POST => {
            let environment = Arc::clone(&server.environment);
            let is_post = request.method() == Method::POST;
            let (command, query) = (command.to_owned(), query.to_owned());
            // This waits for sessions that are at work.
            let job = move || control::run(&environment, is_post, &command, &query);
            let failed = |_| Reply::Bad("the command failed".to_owned());
            tokio::task::spawn_blocking(job).await.unwrap_or_else(failed)
        }
        _ => Reply::Unknown,
    };
    let mut response = match reply {
        Reply::Done(json) => {
            let mut response = text(StatusCode::OK, json);
            let json = HeaderValue::from_static("application/json");
            response.headers_mut().insert(CONTENT_TYPE, json);
            response
        }
        Reply::Bad(why) => text(StatusCode::BAD_REQUEST, why),
        Reply::Unknown => text(StatusCode::NOT_FOUND, "no such control command".to_owned()),
    };
    let headers = response.headers_mut();
    for (name, value) in [
        ("access-control-allow-origin", "*"),
        ("access-control-allow-methods", "GET, POST, OPTIONS"),
        ("access-control-allow-headers", "*"),
        // Chromium asks before a page may reach this machine.
        ("access-control-allow-private-network", "true"),
        ("cache-control", "no-store"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

async fn file(server: &Arc<Server>, request: Request<Incoming>) -> Response<Body> {
    let Some(folder) = &server.options.static_files else {
        let hint = "This is the development backend; connect a viewer by WebSocket.\n";
        let status =
            if request.uri().path() == "/" { StatusCode::OK } else { StatusCode::NOT_FOUND };
        return text(status, hint.to_owned());
    };
    match ServeDir::new(folder).oneshot(request).await {
        Ok(response) => response.map(BodyExt::boxed_unsync),
        Err(never) => match never {},
    }
}

fn text(status: StatusCode, text: String) -> Response<Body> {
    let body = Full::new(Bytes::from(text)).map_err(|never: Infallible| match never {});
    let mut response = Response::new(body.boxed_unsync());
    *response.status_mut() = status;
    let plain = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, plain);
    response
}

fn empty() -> Body {
    Full::new(Bytes::new()).map_err(|never: Infallible| match never {}).boxed_unsync()
}
