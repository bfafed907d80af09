//! Listening: one port for sockets, control and the files of a page.
//!
//! hyper serves HTTP and hands upgraded connections to tokio-tungstenite: both are the maintained
//! foundation of larger frameworks, and offer what those hide, namely closing a connection without
//! any answer.

mod http;
mod outbox;
mod socket;

use std::{io, io::Write, net::SocketAddr, path::Path, sync::Arc, time::Duration};

use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

use crate::{cli::Options, faults::Faults, registry::Registry, root::Root, session::Environment};

/// A running backend's parts.
#[derive(Debug)]
pub struct Server {
    /// What all sessions share.
    pub environment: Arc<Environment>,
    /// How to serve.
    pub options: Options,
}

/// Serves until the process ends.
///
/// # Errors
///
/// One line that says why it cannot begin.
pub fn run(options: Options) -> Result<(), String> {
    let runtime = tokio::runtime::Runtime::new().map_err(|why| why.to_string())?;
    runtime.block_on(async {
        let listener = bind(&options).await?;
        let address = listener.local_addr().map_err(|why| why.to_string())?;
        let server = Arc::new(Server::new(options)?);
        println!("listening on ws://{address}");
        io::stdout().flush().map_err(|why| why.to_string())?;
        serve(server, listener).await
    })
}

async fn bind(options: &Options) -> Result<TcpListener, String> {
    let address = SocketAddr::new(options.host, options.port);
    TcpListener::bind(address).await.map_err(|why| match why.kind() {
        io::ErrorKind::AddrInUse => format!("port {} is taken", options.port),
        _ => format!("cannot listen on {address}: {why}"),
    })
}

impl Server {
    /// Checks the folders.
    pub fn new(options: Options) -> Result<Self, String> {
        let folder = |path: &Path| {
            Root::new(path).map_err(|why| format!("folder {} is no good: {why}", path.display()))
        };
        if let Some(path) = &options.static_files {
            folder(path)?;
        }
        let environment = Environment {
            root: folder(&options.root)?,
            faults: Arc::new(Faults::new(options.icd)),
            registry: Registry::new(options.session_grace),
        };
        Ok(Self { environment: Arc::new(environment), options })
    }
}

async fn serve(server: Arc<Server>, listener: TcpListener) -> Result<(), String> {
    loop {
        let (stream, peer) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(why) => {
                // For example, no file handles are left: others may be freed meanwhile.
                crate::log(&format!("cannot accept a connection: {why}"));
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        let _ = stream.set_nodelay(true);
        let server = Arc::clone(&server);
        tokio::spawn(async move {
            let service = service_fn(|request| http::answer(Arc::clone(&server), peer, request));
            // A service that fails closes the connection without an answer.
            let _ = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .with_upgrades()
                .await;
        });
    }
}
