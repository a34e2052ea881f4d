//! Connections: a bounded number, none of which holds anything for ever, whatever its client does.

use std::{sync::Arc, time::Duration};

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::{GracefulShutdown, Watcher},
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    time::{sleep, timeout},
};
use tokio_io_timeout::TimeoutStream;

const MOST_CONNECTIONS: usize = 512;
/// How long a client may take to send the head of its next request.
const HEAD_PATIENCE: Duration = Duration::from_secs(10);
/// How long a client may read nothing of an answer.
const READ_PATIENCE: Duration = Duration::from_secs(20);
/// How long answers may take once the process is to end.
const STOP_PATIENCE: Duration = Duration::from_secs(10);

pub(crate) async fn listen(
    listener: TcpListener,
    router: Router,
    stopped: impl Future<Output = ()>,
) {
    let connections = GracefulShutdown::new();
    tokio::select! {
        () = accept(&listener, &router, &connections) => {}
        () = stopped => {}
    }
    drop(listener);
    let _ = timeout(STOP_PATIENCE, connections.shutdown()).await;
}

async fn accept(listener: &TcpListener, router: &Router, connections: &GracefulShutdown) {
    let places = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    while let Ok(free) = Arc::clone(&places).acquire_owned().await {
        match listener.accept().await {
            Ok((stream, _)) => {
                let connection = serve(stream, router.clone(), connections.watcher());
                tokio::spawn(async move {
                    connection.await;
                    drop(free);
                });
            }
            // Out of files, say: others will end.
            Err(_) => sleep(Duration::from_millis(100)).await,
        }
    }
}

async fn serve(stream: TcpStream, router: Router, watcher: Watcher) {
    let _ = stream.set_nodelay(true);
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(READ_PATIENCE));
    let io = TokioIo::new(Box::pin(stream));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_PATIENCE)
        .serve_connection(io, TowerToHyperService::new(router));
    let _ = watcher.watch(connection).await;
}
