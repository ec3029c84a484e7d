//! Stands between a node and its PostgreSQL, and can be taken away.

use std::{net::SocketAddr, sync::Mutex};

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    task::JoinSet,
};
use url::Url;

/// Passes bytes on while it stands.
pub struct Proxy {
    address: SocketAddr,
    server: String,
    standing: Mutex<Option<JoinSet<()>>>,
}

impl Proxy {
    /// Before the server of this URL.
    pub async fn before(url: &str) -> Self {
        let url = Url::parse(url).unwrap();
        let server = format!("{}:{}", url.host_str().unwrap(), url.port().unwrap_or(5432));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let proxy = Self { address, server, standing: Mutex::new(None) };
        proxy.pass_on(listener);
        proxy
    }

    /// The same database by this way.
    pub fn url(&self, direct: &str) -> String {
        let mut url = Url::parse(direct).unwrap();
        url.set_host(Some("127.0.0.1")).unwrap();
        url.set_port(Some(self.address.port())).unwrap();
        url.into()
    }

    /// As when the server is stopped: every connection is cut, and none is taken.
    pub async fn stop(&self) {
        let standing = self.standing.lock().unwrap().take();
        standing.unwrap().shutdown().await;
    }

    /// As when it is started again.
    pub async fn start(&self) {
        self.pass_on(TcpListener::bind(self.address).await.unwrap());
    }

    fn pass_on(&self, listener: TcpListener) {
        let server = self.server.clone();
        let mut standing = JoinSet::new();
        standing.spawn(async move {
            // With this task all that it has begun ends.
            let mut passing = JoinSet::new();
            while let Ok((mut client, _)) = listener.accept().await {
                let server = server.clone();
                passing.spawn(async move {
                    let mut server = TcpStream::connect(server).await.unwrap();
                    let _ = copy_bidirectional(&mut client, &mut server).await;
                });
            }
        });
        *self.standing.lock().unwrap() = Some(standing);
    }
}
