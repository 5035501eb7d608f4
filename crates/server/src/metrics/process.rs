//! What Linux says about this process; zeros elsewhere.

use std::fs;

/// Clock ticks a second in `/proc`: fixed by the kernel's interface.
const TICKS: f64 = 100.0;

/// A look at the process.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Process {
    pub(super) resident_bytes: u64,
    pub(super) descriptors: u64,
    pub(super) cpu_seconds: f64,
}

pub(super) fn look() -> Process {
    Process {
        resident_bytes: fs::read_to_string("/proc/self/status").map(|text| resident(&text)).unwrap_or_default(),
        descriptors: fs::read_dir("/proc/self/fd").map(|entries| entries.count() as u64).unwrap_or_default(),
        cpu_seconds: fs::read_to_string("/proc/self/stat").map(|text| cpu(&text)).unwrap_or_default(),
    }
}

fn resident(status: &str) -> u64 {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|rest| rest.split_whitespace().next()).and_then(|number| number.parse::<u64>().ok());
    kib.unwrap_or_default() * 1024
}

/// User and system time: fields 14 and 15; the second, the name, may hold spaces and ends at the last bracket.
fn cpu(stat: &str) -> f64 {
    let Some((_, rest)) = stat.rsplit_once(')') else { return 0.0 };
    rest.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / TICKS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_spaces_and_brackets_does_not_shift_the_times() {
        let stat = "7 (a b) c) S 1 7 7 0 -1 4194304 1 0 0 0 150 50 0 0 20 0 4 0 1 1 1";
        assert!((cpu(stat) - 2.0).abs() < 1e-9, "{}", cpu(stat));
        assert_eq!(resident("Name:\tx\nVmRSS:\t    2048 kB\n"), 2 * 1024 * 1024);
        assert_eq!((cpu(""), resident("")), (0.0, 0));
    }
}
