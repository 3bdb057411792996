//! Which adapters are meant: the best one, those whose names are given in part, or all. Nothing here
//! touches a device.
//!
//! A software adapter is meant only by a name that begins with the first word of its own, such as `llvmpipe`,
//! and only if no hardware has that name too: a part that happens to occur in it names no CPU.

use std::iter;

use wgpu::{AdapterInfo, DeviceType};

use super::{GpuError, Wanted};
use crate::words::shown;

/// Whether `info` describes a CPU that acts as a GPU.
pub fn is_software(info: &AdapterInfo) -> bool {
    info.device_type == DeviceType::Cpu
}

/// The rank of an adapter in the order of preference; 0 is best.
pub fn rank(info: &AdapterInfo) -> u8 {
    match info.device_type {
        DeviceType::DiscreteGpu => 0,
        DeviceType::IntegratedGpu => 1,
        DeviceType::VirtualGpu => 2,
        DeviceType::Other => 3,
        DeviceType::Cpu => 4,
    }
}

/// Whether `info` is a device of those `before`, which another backend or driver shows again.
///
/// Ids are those of a model: two cards of one model are two, where the same driver shows both.
pub fn is_again<'i>(info: &AdapterInfo, before: impl IntoIterator<Item = &'i AdapterInfo>) -> bool {
    let mut before = before.into_iter();
    let first = before.find(|first| (first.vendor, first.device) == (info.vendor, info.device));
    first.is_some_and(|first| (first.backend, &first.driver) != (info.backend, &info.driver))
}

/// The indices of the adapters that are `wanted`, in the order of their names; of those `found`, the best of
/// which come first.
///
/// A name that several adapters share means the best of them that was named least often so far: named twice
/// it is two cards or, where there is only one, that one twice.
///
/// # Errors
/// When there is none of a name, or none but software adapters, which are not wanted.
pub(super) fn select(wanted: &Wanted, found: &[AdapterInfo]) -> Result<Vec<usize>, GpuError> {
    let names = || found.iter().map(|info| shown(&info.name)).collect::<Vec<_>>().join(", ");
    let mut acceptable = found.iter().map(|info| wanted.software || !is_software(info));
    let Some(best) = acceptable.position(|acceptable| acceptable) else {
        return Err(GpuError::OnlySoftware(names()));
    };
    let Some(text) = wanted.name.as_deref() else { return Ok(vec![best]) };
    // A comma alone is a part of some names, but nobody means them by it.
    if !text.contains(char::is_alphanumeric) {
        return Err(GpuError::NoSuchAdapter { wanted: text.to_owned(), found: names() });
    }
    // The devices that `is_meant` takes by their names, each once.
    let devices = |is_meant: &dyn Fn(&str) -> bool| {
        let mut devices: Vec<usize> = Vec::new();
        for (i, info) in found.iter().enumerate() {
            let acceptable = wanted.software || !is_software(info);
            let is_again = || is_again(info, devices.iter().map(|&i| &found[i]));
            if acceptable && is_meant(&info.name) && !is_again() {
                devices.push(i);
            }
        }
        devices
    };
    let is_all = |name: &str| name.eq_ignore_ascii_case("all");
    if is_all(text) && devices(&is_all).is_empty() {
        let mut all = devices(&|_| true);
        // They come last: only where the best is one, there are no others.
        all.retain(|&i| is_software(&found[i]) == is_software(&found[best]));
        return Ok(all);
    }
    let of_part = |part: &str| {
        let part = part.to_lowercase();
        let mut meant = devices(&|name| name.to_lowercase().contains(&part));
        let hardware = meant.iter().any(|&i| !is_software(&found[i]));
        meant.retain(|&i| match is_software(&found[i]) {
            true => !hardware && begins_with_word(&part, first_word(&found[i].name)),
            false => true,
        });
        meant
    };
    let (mut selected, mut missing) = (Vec::new(), Vec::new());
    for part in parts(text, |part| !of_part(part).is_empty()) {
        let times = |i: &usize| selected.iter().filter(|selected| *selected == i).count();
        match of_part(part).into_iter().min_by_key(times) {
            Some(next) if !part.is_empty() => selected.push(next),
            _ => missing.push(part),
        }
    }
    if missing.is_empty() {
        return Ok(selected);
    }
    let by_part = |part: &&str| {
        let lower = part.to_lowercase();
        let has_it =
            |info: &&AdapterInfo| is_software(info) && info.name.to_lowercase().contains(&lower);
        found.iter().find(has_it).filter(|_| !part.is_empty())
    };
    match missing.iter().find_map(|part| Some((part, by_part(part)?))) {
        Some((part, AdapterInfo { name, .. })) => Err(GpuError::SoftwareByPart {
            part: (*part).to_owned(),
            name: name.clone(),
            word: first_word(name).to_owned(),
        }),
        None => Err(GpuError::NoSuchAdapter { wanted: missing.join("' or '"), found: names() }),
    }
}

/// The first word of the name of an adapter.
fn first_word(name: &str) -> &str {
    name.split(|c: char| !c.is_alphanumeric()).find(|word| !word.is_empty()).unwrap_or(name)
}

/// Whether `part`, in lower case, begins with the whole of `word`.
fn begins_with_word(part: &str, word: &str) -> bool {
    let rest = part.strip_prefix(&word.to_lowercase());
    rest.is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
}

/// Cuts `text` at commas, but not at those within the name of an adapter, such as `llvmpipe (LLVM 15.0.6, 256
/// bits)`: each part is the longest that is `known`.
fn parts(text: &str, known: impl Fn(&str) -> bool) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = Some(text);
    while let Some(text) = rest {
        let commas = text.rmatch_indices(',').map(|(comma, _)| comma);
        let mut ends = iter::once(text.len()).chain(commas);
        let end = ends.find(|&end| known(text[..end].trim()));
        let end = end.or_else(|| text.find(',')).unwrap_or(text.len());
        parts.push(text[..end].trim());
        rest = text.get(end + 1..);
    }
    parts
}

#[cfg(test)]
mod tests {
    use wgpu::Backend;

    use super::*;

    fn adapter(name: &str, kind: DeviceType, backend: Backend, device: u32) -> AdapterInfo {
        AdapterInfo { name: name.into(), device, ..AdapterInfo::new(kind, backend) }
    }

    /// A machine with two equal cards and a processor's graphics, seen twice, and two software adapters.
    fn machine() -> Vec<AdapterInfo> {
        use DeviceType::{Cpu, DiscreteGpu, IntegratedGpu};
        vec![
            adapter("Card 5, big", DiscreteGpu, Backend::Vulkan, 5),
            adapter("Card 5, big", DiscreteGpu, Backend::Vulkan, 5),
            adapter("Card 5, big", DiscreteGpu, Backend::Dx12, 5),
            adapter("Card 5, big", DiscreteGpu, Backend::Dx12, 5),
            adapter("Graphics", IntegratedGpu, Backend::Vulkan, 7),
            adapter("Graphics", IntegratedGpu, Backend::Dx12, 7),
            adapter("llvmpipe (LLVM 15.0.6, 256 bits)", Cpu, Backend::Vulkan, 0),
            adapter("SwiftShader", Cpu, Backend::Vulkan, 9),
        ]
    }

    fn selected(name: &str, found: &[AdapterInfo]) -> Result<Vec<usize>, String> {
        let wanted = Wanted { name: Some(name.into()), software: true };
        select(&wanted, found).map_err(|error| error.to_string())
    }

    #[test]
    fn names_mean_adapters() {
        let found = machine();
        for (name, expected) in [
            ("card", &[0][..]),
            ("GRAPHICS", &[4]),
            ("graphics,card", &[4, 0]),
            ("swiftshader, LLVMpipe", &[7, 6]),
            // Two cards, then the first again.
            ("card,card", &[0, 1]),
            ("card,card,card", &[0, 1, 0]),
            ("llvmpipe,llvmpipe", &[6, 6]),
            // Names with commas, and parts of them.
            ("llvmpipe (LLVM 15.0.6, 256 bits)", &[6]),
            ("llvmpipe (LLVM 15.0.6, 256", &[6]),
            ("llvmpipe (LLVM 15.0.6, 256 bits),Card 5, big,swiftshader", &[6, 0, 7]),
            ("llvmpipe (LLVM 15.0.6, 256 bits), llvmpipe (LLVM 15.0.6, 256 bits)", &[6, 6]),
        ] {
            assert_eq!(selected(name, &found).as_deref(), Ok(expected), "{name}");
        }
    }

    #[test]
    fn all_are_the_devices_that_are_no_software_each_once() {
        let found = machine();
        assert_eq!(selected("all", &found), Ok(vec![0, 1, 4]));
        assert_eq!(selected("All", &found[6..]), Ok(vec![0, 1]));
        let mut named_so = found;
        named_so[4].name = "ALL".into();
        assert_eq!(selected("all", &named_so), Ok(vec![4]));
        // A part of a name that happens to be the word does not take it away.
        named_so[4].name = "Parallels".into();
        assert_eq!(selected("all", &named_so), Ok(vec![0, 1, 4]));
    }

    #[test]
    fn names_that_mean_nothing_are_told_in_one_line() {
        let found = &machine()[4..];
        let there = "there are: Graphics, Graphics, llvmpipe (LLVM 15.0.6, 256 bits), SwiftShader";
        for (name, missing) in [
            ("no such", "no such"),
            ("llvmpipe,no, such", "no' or 'such"),
            ("llvmpipe,", ""),
            ("", ""),
            (",", ","),
        ] {
            let expected = format!("no adapter's name contains '{missing}'; {there}");
            assert_eq!(selected(name, found), Err(expected));
        }
    }

    #[test]
    fn software_adapters_are_taken_where_they_are_wanted() {
        let of = |name: Option<&str>, software, found: &[AdapterInfo]| {
            select(&Wanted { name: name.map(str::to_owned), software }, found).ok()
        };
        let found = machine();
        assert_eq!(of(None, true, &found), Some(vec![0]));
        assert_eq!(of(None, true, &found[6..]), Some(vec![0]));
        assert_eq!(of(None, false, &found[6..]), None);
        assert_eq!(of(Some("all"), false, &found[6..]), None);
        assert_eq!(of(Some("swiftshader"), false, &found), None);
    }

    #[test]
    fn software_adapters_are_not_taken_by_chance() {
        let found = machine();
        // Hardware alone, however often it is named.
        for (name, expected) in [("a", &[0][..]), ("a,a,a,a", &[0, 1, 4, 0]), ("5", &[0])] {
            assert_eq!(selected(name, &found).as_deref(), Ok(expected), "{name}");
        }
        let only = "only the software adapter 'llvmpipe (LLVM 15.0.6, 256 bits)' has '";
        for part in ["pipe", "llvm", "256", "bits)"] {
            let expected = format!("{only}{part}' in its name; --adapter llvmpipe takes it");
            assert_eq!(selected(part, &found[4..]), Err(expected));
        }
        assert!(selected("nvidia", &found[6..]).is_err());
        // The same word names hardware first.
        let mut alike = found;
        alike[4].name = "llvmpipe 2".into();
        assert_eq!(selected("llvmpipe,llvmpipe", &alike), Ok(vec![4, 4]));
    }
}
