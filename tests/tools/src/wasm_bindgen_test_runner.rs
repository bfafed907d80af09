//! `wasm-bindgen-test-runner`, built from the library of `wasm-bindgen-cli`:
//! runs a test module in a headless browser.
//!
//! The library's HTTP server can forget a connection: two that come in together may count on the
//! same idle thread (tiny_http 0.12, `TaskPool::spawn`), and the second then waits for as long as
//! the browser keeps the others open, which is forever. Chromium opens enough connections for that
//! when it loads a page of tests. Every further connection makes the server look into its queue
//! again, so this program makes one now and then while the library runs in a child process.

use std::env;
use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Command, ExitStatus, exit};
use std::thread::sleep;
use std::time::Duration;

/// Where the library's server listens and the browser goes.
const ADDRESS: &str = "WASM_BINDGEN_TEST_ADDRESS";

fn main() -> anyhow::Result<()> {
    if env::var_os(ADDRESS).is_some() {
        return wasm_bindgen_cli::wasm_bindgen_test_runner::run_cli_with_args(env::args_os());
    }
    let status = run_beside_reminders()?;
    exit(status.code().unwrap_or(1));
}

/// Runs this program again, with an address, and keeps connecting to its server.
fn run_beside_reminders() -> io::Result<ExitStatus> {
    let address = free_address()?;
    let mut child = Command::new(env::current_exe()?)
        .args(env::args_os().skip(1))
        .env(ADDRESS, address.to_string())
        .spawn()?;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        sleep(Duration::from_millis(100));
        // Refused until the server listens.
        let _ = TcpStream::connect(address);
    }
}

fn free_address() -> io::Result<SocketAddr> {
    TcpListener::bind(("127.0.0.1", 0))?.local_addr()
}
