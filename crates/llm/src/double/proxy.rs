//! A tiny HTTP proxy that remembers what went through it.

use super::exchange::{Head, read_head, write_whole};
use std::{
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::{
    io::{AsyncWriteExt, copy_bidirectional},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// A proxy on a free port of the loopback: forwards requests in absolute form, tunnels `CONNECT`. It stops when dropped.
#[derive(Debug)]
pub struct ProxyDouble {
    address: SocketAddr,
    seen: Arc<Mutex<Vec<String>>>,
    accepting: JoinHandle<()>,
}

impl ProxyDouble {
    /// Starts one.
    ///
    /// # Errors
    /// The operating system's, when no port is free.
    pub async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind((std::net::Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let seen = Arc::<Mutex<Vec<String>>>::default();
        let remembered = Arc::clone(&seen);
        let accepting = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let seen = Arc::clone(&remembered);
                tokio::spawn(async move {
                    // Either side may go away at any time.
                    let _ = forward(stream, &seen).await;
                });
            }
        });
        Ok(Self { address, seen, accepting })
    }

    /// `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Method and target of each connection's first request, as in `POST http://host:1/v1/x` and `CONNECT host:443`,
    /// with ` proxy-authorization` behind it where there was such a header.
    #[must_use]
    pub fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for ProxyDouble {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn forward(mut client: TcpStream, seen: &Mutex<Vec<String>>) -> io::Result<()> {
    let Some(Head { method, target, headers, beyond }) = read_head(&mut client).await? else { return Ok(()) };
    let authorised = headers.iter().any(|(name, _)| name == "proxy-authorization");
    let note = if authorised { " proxy-authorization" } else { "" };
    seen.lock().unwrap_or_else(PoisonError::into_inner).push(format!("{method} {target}{note}"));
    let host = target.trim_start_matches("http://").split('/').next().unwrap_or_default().to_owned();
    let Ok(mut server) = TcpStream::connect(&host).await else {
        return write_whole(&mut client, 502, &[], b"").await;
    };
    if method == "CONNECT" {
        client.write_all(b"HTTP/1.1 200 Connected\r\n\r\n").await?;
    } else {
        let path = target.trim_start_matches("http://").trim_start_matches(host.as_str());
        let mut head = format!("{method} {path} HTTP/1.1\r\n");
        for (name, value) in headers.iter().filter(|(name, _)| name != "proxy-authorization") {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        server.write_all(format!("{head}\r\n").as_bytes()).await?;
    }
    server.write_all(&beyond).await?;
    copy_bidirectional(&mut client, &mut server).await.map(|_| ())
}
