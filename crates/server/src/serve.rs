//! The server: listens, answers, and ends in good order.

use crate::address::Network;
use crate::first_sign_in::FirstSignIn;
use crate::front::{CONSOLE, Front, PORTAL};
use crate::operating::{self, Leaving};
use crate::router::router;
use axum::serve::ListenerExt as _;
use regulars_app::{App, Rate};
use regulars_mail::Mailer;
use std::future::IntoFuture as _;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// How the server is run. The default is right for nearly everybody.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The key that makes merchants. Without one they are made on the command line only.
    pub operator_key: Option<String>,
    /// Where the console comes from.
    pub console: Front,
    /// Where the pages for members come from.
    pub portal: Front,
    /// Takes letters to members; without one nobody can sign in there.
    pub mailer: Option<Mailer>,
    /// The token of the link that signs in once; by default there is none.
    pub first_sign_in: FirstSignIn,
    /// How long a body may take to arrive. (A stream may take as long as it likes.)
    pub body_timeout: Duration,
    /// Proxies that are believed about where somebody comes from, besides those on this machine.
    pub proxies: Vec<Network>,
    /// How much each key, and each person, may ask for that has no rate of its own. Nothing: as much as
    /// the server can.
    pub key_rate: Option<Rate>,
    /// How much each address may ask for at the doors that are open to everybody.
    pub address_rate: Option<Rate>,
    /// So many requests are worked on at once; whoever comes beyond that is told to wait.
    pub at_once: usize,
    /// How long open requests may go on after the server was told to stop.
    pub stop_timeout: Duration,
    /// How long new ones are still answered then, so that whoever shares the load learns of it first.
    pub drain: Duration,
    /// Whether it was told to stop.
    pub leaving: Leaving,
    /// Where figures for those who operate the server are read; nowhere, if nothing.
    pub figures: Option<Arc<TcpListener>>,
}

impl Settings {
    /// Whether there is a console at all.
    pub fn has_console(&self) -> bool {
        self.console.file(CONSOLE, "index.html").is_some()
    }

    /// Whether there are pages for members at all.
    pub fn has_portal(&self) -> bool {
        self.portal.file(PORTAL, "index.html").is_some()
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            operator_key: None,
            console: Front::BuiltIn,
            portal: Front::BuiltIn,
            mailer: None,
            first_sign_in: FirstSignIn::default(),
            body_timeout: Duration::from_secs(30),
            proxies: Vec::new(),
            key_rate: None,
            address_rate: None,
            at_once: 1000,
            stop_timeout: Duration::from_secs(10),
            drain: Duration::ZERO,
            leaving: Leaving::default(),
            figures: None,
        }
    }
}

/// Serves until it is told to stop (ctrl-c, or SIGTERM), gives open requests a while to end, and
/// closes the application: what was taken is written. Blocks.
pub fn serve(app: App, listener: TcpListener, settings: Settings) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let stopped = runtime.block_on(serve_until(app, listener, settings, told_to_stop()));
    // A connection that is still being talked over is not waited for.
    runtime.shutdown_timeout(Duration::from_secs(1));
    stopped
}

/// As [`serve`], on a runtime that is there already, until `stop` comes true.
pub async fn serve_until(
    app: App,
    listener: TcpListener,
    settings: Settings,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    listener.set_nonblocking(true)?;
    let listener = tokio::net::TcpListener::from_std(listener)?.tap_io(|connection| {
        // Answers are small and complete: waiting to fill a packet only makes them late.
        if let Err(error) = connection.set_nodelay(true) {
            tracing::debug!("a connection is served with delay: {error}");
        }
    });
    let (patience, drain) = (settings.stop_timeout, settings.drain);
    let leaving = settings.leaving.clone();
    let figures = settings.figures.as_deref();
    let watched = figures.map(|it| watch(&app, it)).transpose()?;
    let paths = router(app.clone(), settings);
    let (telling, told) = oneshot::channel();
    let stop = async move {
        stop.await;
        leaving.begin();
        tokio::time::sleep(drain).await;
        // Nobody listens if the server has ended by itself.
        let _ = telling.send(());
    };
    // Where each connection comes from is known to what counts wrong passwords.
    let paths = paths.into_make_service_with_connect_info::<SocketAddr>();
    let served = axum::serve(listener, paths)
        .with_graceful_shutdown(stop)
        .into_future();
    // A stream that never ends must not keep the server from ending.
    let out_of_patience = async move {
        match told.await {
            Ok(()) => tokio::time::sleep(patience).await,
            Err(_) => std::future::pending().await,
        }
    };
    let served = tokio::select! {
        served = served => served,
        () = out_of_patience => {
            tracing::warn!("some requests were still open and were cut off");
            Ok(())
        }
    };
    if let Some(watched) = watched {
        watched.abort();
    }
    let closed = tokio::task::spawn_blocking(move || app.close()).await;
    served.and(closed.map_err(io::Error::other))
}

/// Answers those who operate the server, on an address of their own, until it is given up.
fn watch(app: &App, listener: &TcpListener) -> io::Result<JoinHandle<()>> {
    listener.set_nonblocking(true)?;
    let listener = tokio::net::TcpListener::from_std(listener.try_clone()?)?;
    let paths = operating::paths(app.clone());
    Ok(tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, paths).await {
            tracing::warn!(%error, "figures are no longer to be had");
        }
    }))
}

/// Comes true on ctrl-c or SIGTERM.
async fn told_to_stop() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
