//! The binary: everything is in the library, where tests reach it.

use std::process::ExitCode;

#[cfg(target_os = "linux")]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    datafyme_server::cli::main(std::env::args_os())
}
