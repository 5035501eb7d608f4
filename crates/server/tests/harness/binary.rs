//! The real binary: as a command, and as a server that is talked to over its socket.
#![allow(dead_code)] // each test file uses its part

use serde_json::Value;
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

/// Nothing takes longer, unless it is broken; a lease of a killed process is waited for within.
pub const PATIENCE: Duration = Duration::from_secs(90);

/// A command without colours, on that data directory.
pub fn datafyme(data_dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_datafyme"));
    command.env("NO_COLOR", "1").env_remove("DATAFYME_LOG__FILTER").arg("--data-dir").arg(data_dir);
    command.stdin(Stdio::null());
    command
}

/// Runs it to its end.
pub fn run(data_dir: &Path, arguments: &[&str]) -> Output {
    datafyme(data_dir).args(arguments).output().unwrap()
}

pub fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

pub fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Sends a signal to a process of ours.
pub fn signal(process: u32, name: &str) {
    let sent = Command::new("kill").args([&format!("-{name}"), &process.to_string()]).status();
    assert!(sent.unwrap().success());
}

/// Makes a SQLite file of these statements.
pub fn sqlite(file: &Path, statements: &str) {
    rusqlite::Connection::open(file).unwrap().execute_batch(statements).unwrap();
}

/// A running `datafyme serve`; killed when dropped.
pub struct Server {
    process: Child,
    pub address: String,
}

/// What came back.
pub struct Reply {
    pub status: u16,
    pub text: String,
}

impl Reply {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|e| panic!("{e}: {} {}", self.status, self.text))
    }
}

impl Server {
    /// Starts one on a free port, and waits until it serves.
    pub fn start(data_dir: &Path) -> Self {
        let mut command = datafyme(data_dir);
        command.stderr(Stdio::null());
        Self::start_as(command)
    }

    /// As [`Self::start`], with a command that has an environment and a standard error of its own.
    pub fn start_as(mut command: Command) -> Self {
        command.args(["serve", "--listen", "127.0.0.1:0"]).stdout(Stdio::piped());
        let mut process = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.strip_prefix("Datafyme is at http://").unwrap_or_else(|| panic!("it said: {line}"));
        let address = address.split_whitespace().next().unwrap().to_owned();
        Self { process, address }
    }

    /// SIGKILL: no chance to put anything in order.
    pub fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// SIGTERM, and whether it ended well.
    pub fn terminate(mut self) -> bool {
        signal(self.process.id(), "TERM");
        self.process.wait().unwrap().success()
    }

    pub fn get(&self, path: &str) -> Reply {
        self.send("GET", path, "")
    }

    pub fn post(&self, path: &str, body: &Value) -> Reply {
        self.send("POST", path, &body.to_string())
    }

    pub fn send(&self, method: &str, path: &str, body: &str) -> Reply {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        write!(
            stream,
            "{method} /api/v1{path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n{body}",
            self.address,
            body.len()
        )
        .unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no response: {text}"));
        Reply { status: head.split_whitespace().nth(1).unwrap().parse().unwrap(), text: body.to_owned() }
    }

    /// Asks again until `done` says so.
    pub fn wait_for(&self, path: &str, done: impl Fn(&Value) -> bool) -> Value {
        let began = Instant::now();
        loop {
            let seen = self.get(path).json();
            if done(&seen) {
                return seen;
            }
            assert!(began.elapsed() < PATIENCE, "{path} stays at {seen}");
            // Looking too often would slow down what is looked at.
            std::thread::park_timeout(Duration::from_millis(20));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
