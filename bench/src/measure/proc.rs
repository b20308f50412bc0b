//! What the kernel says of a process, from `/proc`.

use std::fs::read_to_string;

use super::float;

/// User and system time of a process since its start, all threads, in seconds; to a tick (10 ms).
pub fn cpu_seconds(pid: u32) -> Option<f64> {
    let stat = read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The second field is the program's name in brackets and may hold anything.
    let (_, rest) = stat.rsplit_once(") ")?;
    let mut fields = rest.split(' ').skip(11);
    let mut ticks = || fields.next()?.parse::<u64>().ok();
    let total = ticks()? + ticks()?;
    Some(float(total) / float(rustix::param::clock_ticks_per_second()))
}

/// Memory that is resident now, in bytes.
pub fn resident_bytes(pid: u32) -> Option<u64> {
    status(pid, "VmRSS:")
}

/// The most that ever was resident, in bytes.
pub fn peak_bytes(pid: u32) -> Option<u64> {
    status(pid, "VmHWM:")
}

fn status(pid: u32, field: &str) -> Option<u64> {
    let status = read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(field))?;
    let kilobytes: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kilobytes * 1024)
}

/// How many processes ran or waited to run over the last minute: how noisy the machine was.
pub fn system_load() -> Option<f64> {
    let text = read_to_string("/proc/loadavg").ok()?;
    text.split(' ').next()?.parse().ok()
}
