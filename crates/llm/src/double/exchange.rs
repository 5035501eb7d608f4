//! HTTP/1.1 as far as the doubles need it: requests read whole, replies written by hand so that they can be broken.

use super::DoubleRequest;
use serde_json::Value;
use std::io;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpStream,
};

/// The head of a request, with what was read beyond it.
pub(super) struct Head {
    pub method: String,
    pub target: String,
    pub headers: Vec<(String, String)>,
    pub beyond: Vec<u8>,
}

/// Reads a head; `None` when the peer is done.
pub(super) async fn read_head(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<Head>> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|w| w == b"\r\n\r\n") {
            break end;
        }
        if stream.read_buf(&mut bytes).await? == 0 {
            return Ok(None);
        }
    };
    let beyond = bytes.split_off(end + 4);
    let text = String::from_utf8_lossy(&bytes);
    let mut lines = text.lines();
    let mut first = lines.next().unwrap_or_default().split(' ');
    let mut word = || first.next().unwrap_or_default().to_owned();
    let (method, target) = (word(), word());
    let headers = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.trim().to_lowercase(), value.trim().to_owned()))
        .collect();
    Ok(Some(Head { method, target, headers, beyond }))
}

/// Reads a request with a body of known length, which is how our client sends.
pub(super) async fn read_request(stream: &mut TcpStream) -> io::Result<Option<DoubleRequest>> {
    let Some(Head { method, target, headers, beyond: mut body }) = read_head(stream).await? else { return Ok(None) };
    let length = headers.iter().find(|(n, _)| n == "content-length").and_then(|(_, v)| v.parse().ok()).unwrap_or(0);
    while body.len() < length {
        if stream.read_buf(&mut body).await? == 0 {
            return Ok(None);
        }
    }
    let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
    Ok(Some(DoubleRequest { method, target, headers, body }))
}

/// Writes a whole reply.
pub(super) async fn write_whole(
    stream: &mut (impl AsyncWrite + Unpin),
    status: u16,
    headers: &[(&str, String)],
    body: &[u8],
) -> io::Result<()> {
    let mut reply = head(status, headers);
    reply.push_str(&format!("content-length: {}\r\n\r\n", body.len()));
    let mut reply = reply.into_bytes();
    reply.extend_from_slice(body);
    stream.write_all(&reply).await
}

/// Writes the head of a reply in chunks.
pub(super) async fn write_chunked_head(stream: &mut TcpStream, headers: &[(&str, String)]) -> io::Result<()> {
    let reply = head(200, headers) + "transfer-encoding: chunked\r\n\r\n";
    stream.write_all(reply.as_bytes()).await
}

/// Writes one chunk; an empty one ends the reply.
pub(super) async fn write_chunk(stream: &mut TcpStream, bytes: &[u8]) -> io::Result<()> {
    let mut chunk = format!("{:x}\r\n", bytes.len()).into_bytes();
    chunk.extend_from_slice(bytes);
    chunk.extend_from_slice(b"\r\n");
    stream.write_all(&chunk).await
}

fn head(status: u16, headers: &[(&str, String)]) -> String {
    let mut head = format!("HTTP/1.1 {status} Status\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head
}
