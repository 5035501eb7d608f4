//! The binary: everything is in the library, where tests reach it.

use std::process::ExitCode;

fn main() -> ExitCode {
    datafyme_server::cli::main(std::env::args_os())
}
