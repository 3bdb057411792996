//! How much memory this process can be given: the least of what the machine has, what the groups that it is in may
//! still take, and what it may map. Only Linux says so; elsewhere nothing is known.

use std::fs;
use std::path::Path;

/// The bytes that can be allocated, where that is known.
pub fn available() -> Option<u64> {
    let text = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let of_machine = machine(&text("/proc/meminfo"));
    let of_groups = groups(Path::new("/sys/fs/cgroup"), &text("/proc/self/cgroup"));
    [of_machine, of_groups, of_process(&text("/proc/self/statm"))].into_iter().flatten().min()
}

/// What Linux counts as available, caches that it can drop among it.
fn machine(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib << 10)
}

/// The files of a group: the most, what is in use, and the keys of that part of it which can be dropped.
struct Files {
    most: &'static str,
    used: &'static str,
    cached: [&'static str; 2],
}

const V2: Files =
    Files { most: "memory.max", used: "memory.current", cached: ["active_file", "inactive_file"] };
const V1: Files = Files {
    most: "memory.limit_in_bytes",
    used: "memory.usage_in_bytes",
    cached: ["total_active_file", "total_inactive_file"],
};

/// What the control groups of `own`, a /proc/self/cgroup, may still take, and all above them.
fn groups(root: &Path, own: &str) -> Option<u64> {
    let free = own.lines().flat_map(|line| {
        let mut parts = line.splitn(3, ':').skip(1);
        let (controllers, path) = (parts.next().unwrap_or("-"), parts.next().unwrap_or("/"));
        let (root, files) = match controllers {
            "" => (root.to_path_buf(), &V2),
            _ if controllers.split(',').any(|name| name == "memory") => (root.join("memory"), &V1),
            _ => return Vec::new(),
        };
        // A container sees its own group where the root is.
        let folder = root.join(path.trim_start_matches('/'));
        let above = folder.ancestors().take_while(|folder| folder.starts_with(&root));
        above.filter_map(|folder| files.free(folder)).collect()
    });
    free.min()
}

impl Files {
    /// What the group of `folder` may still take; `None` without a limit.
    fn free(&self, folder: &Path) -> Option<u64> {
        let number = |file: &str| {
            let text = fs::read_to_string(folder.join(file)).ok()?;
            text.trim().parse::<u64>().ok() // `max` where there is no limit
        };
        let (most, used) = (number(self.most)?, number(self.used)?);
        let stat = fs::read_to_string(folder.join("memory.stat")).unwrap_or_default();
        let cached = stat.lines().filter_map(|line| line.split_once(' '));
        let cached = cached.filter(|(key, _)| self.cached.contains(key));
        let cached: u64 = cached.filter_map(|(_, bytes)| bytes.parse::<u64>().ok()).sum();
        Some(most.saturating_sub(used.saturating_sub(cached)))
    }
}

/// What the process may still map, beside what `statm` says it has.
#[cfg(target_os = "linux")]
#[allow(clippy::useless_conversion, reason = "limits have 32 bits on small machines")]
fn of_process(statm: &str) -> Option<u64> {
    // SAFETY: a call without arguments in memory.
    let page = u64::try_from(unsafe { libc::sysconf(libc::_SC_PAGESIZE) }).ok()?;
    let pages = |at: usize| statm.split(' ').nth(at)?.trim().parse::<u64>().ok();
    let free = |resource, mapped: u64| {
        let mut most = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
        // SAFETY: the call only fills in the limit.
        let is_known = unsafe { libc::getrlimit(resource, &raw mut most) } == 0;
        let is_limited = is_known && most.rlim_cur != libc::RLIM_INFINITY;
        is_limited.then(|| u64::from(most.rlim_cur).saturating_sub(mapped * page))
    };
    let of_space = free(libc::RLIMIT_AS, pages(0)?);
    let of_data = free(libc::RLIMIT_DATA, pages(5)?);
    of_space.into_iter().chain(of_data).min()
}

#[cfg(not(target_os = "linux"))]
fn of_process(_: &str) -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_narrowest_group_counts_without_what_it_can_drop() {
        let root = tempfile::tempdir().unwrap();
        let group = |folder: &str, files: &[(&str, &str)]| {
            let folder = root.path().join(folder);
            fs::create_dir_all(&folder).unwrap();
            files.iter().for_each(|(file, text)| fs::write(folder.join(file), text).unwrap());
        };
        let v2 = |most, used, stat| {
            [("memory.max", most), ("memory.current", used), ("memory.stat", stat)]
        };
        group("a", &v2("1000\n", "400\n", "anon 300\ninactive_file 60\nactive_file 40\n"));
        group("a/b", &v2("max\n", "300\n", ""));
        assert_eq!(groups(root.path(), "0::/a/b\n"), Some(700));
        group("a/b/c", &v2("500\n", "300\n", ""));
        assert_eq!(groups(root.path(), "0::/a/b/c\n"), Some(200));
        assert_eq!(groups(root.path(), "0::/elsewhere\n"), None);
        let v1 = [("memory.limit_in_bytes", "90\n"), ("memory.usage_in_bytes", "50\n")];
        group("memory", &v1);
        assert_eq!(groups(root.path(), "5:cpu,memory:/docker/x\n4:pids:/y\n"), Some(40));
    }

    #[test]
    fn what_the_machine_has_is_what_it_calls_available() {
        let told = "MemTotal:       24109832 kB\nMemAvailable:   22000000 kB\n";
        assert_eq!(machine(told), Some(22_000_000 << 10));
        assert_eq!(machine(""), None);
    }
}
