//! Why wgpu found no adapter, and what to install.
//!
//! wgpu reports only that there is none. On Linux four things can be missing, each with its own
//! remedy; they are told apart by looking where the Vulkan loader looks. Nothing here touches a
//! device: what the machine shows is gathered once, and the judgement is a pure function of it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::words::shown_path;

/// What keeps wgpu from an adapter.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Cause {
    /// The Vulkan loader cannot be opened.
    #[error("the Vulkan loader ({LOADER}) cannot be opened")]
    NoLoader,
    /// The loader finds no driver manifest: neither in its search paths, nor in the environment
    /// variable that stands in for them, if one does.
    #[error("{}", match .0 {
        None => "the Vulkan loader finds no driver manifest (vulkan/icd.d/*.json)".to_owned(),
        Some(variable) => format!("{variable} names no Vulkan driver manifest (*.json) that exists"),
    })]
    NoManifest(Option<&'static str>),
    /// The drivers of these manifests are installed, but none of them offers a device.
    #[error(
        "no installed Vulkan driver offers a device ({})",
        .0.iter().map(|path| shown_path(path)).collect::<Vec<_>>().join(", ")
    )]
    ManifestWithoutDevice(Vec<PathBuf>),
    /// An NVIDIA device without a manifest: a container without the `graphics` capability.
    #[error(
        "an NVIDIA device is visible but no Vulkan driver manifest names it, as in a \
         container without the driver capability `graphics`"
    )]
    ContainerWithoutGraphics,
    /// A system whose graphics interface comes with its drivers, not in packages.
    #[error("the system offers no Metal, DirectX 12 or Vulkan device")]
    OtherSystem,
}

/// A cause and what to do about it; displayed as one line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{cause}; {remedy}")]
pub struct Diagnosis {
    /// What is missing.
    pub cause: Cause,
    /// What the user can do.
    pub remedy: String,
}

/// Says why this machine has no adapter. Meaningful only once wgpu found none.
pub fn why_no_adapter() -> Diagnosis {
    diagnose(&Surroundings::look())
}

/// The driver manifests that the Vulkan loader reads; none on systems without them.
pub fn manifests() -> Vec<PathBuf> {
    if std::env::consts::OS != "linux" {
        return Vec::new();
    }
    let (places, _) = manifest_places(|name| std::env::var_os(name));
    places.iter().flat_map(|place| manifests_at(place)).collect()
}

/// The name under which wgpu opens the Vulkan loader.
const LOADER: &str = "libvulkan.so.1";

/// Installs the loader and Mesa's drivers, the software one included, by distribution family.
const INSTALL: [(&[&str], &str); 3] = [
    (&["debian", "ubuntu"], "`apt-get install libvulkan1 mesa-vulkan-drivers`"),
    (&["fedora", "rhel", "centos"], "`dnf install vulkan-loader mesa-vulkan-drivers`"),
    (&["arch"], "`pacman -S vulkan-icd-loader vulkan-swrast`"),
];

/// For a distribution not in [`INSTALL`].
const INSTALL_ELSEWHERE: &str =
    "libvulkan1 and mesa-vulkan-drivers (Debian's names) or your distribution's equivalent";

/// Without X11 libraries NVIDIA's GLX library fails and its EGL library serves.
const HEADLESS_NVIDIA: &str = "without X11 libraries point VK_DRIVER_FILES at a manifest whose \
    library_path is libEGL_nvidia.so.0, not libGLX_nvidia.so.0";

/// What the machine shows of its Vulkan installation.
struct Surroundings {
    system: &'static str,
    os_release: String,
    loader: bool,
    /// The environment variable that stands in for the loader's search paths.
    instead: Option<&'static str>,
    /// Path and text of every manifest the loader reads.
    manifests: Vec<(PathBuf, String)>,
    nvidia_device: bool,
}

impl Surroundings {
    fn look() -> Self {
        // SAFETY: opening the loader runs its initialisers. wgpu has just opened the same library
        // by the same name, so nothing runs here that this process did not already run.
        let loader = unsafe { libloading::Library::new(LOADER) }.is_ok();
        let (places, instead) = manifest_places(|name| std::env::var_os(name));
        let manifests = places.iter().flat_map(|place| manifests_at(place)).map(|path| {
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            (path, text)
        });
        Self {
            system: std::env::consts::OS,
            os_release: std::fs::read_to_string("/etc/os-release").unwrap_or_default(),
            loader,
            instead,
            manifests: manifests.collect(),
            nvidia_device: ["/dev/nvidiactl", "/proc/driver/nvidia/version"]
                .iter()
                .any(|path| Path::new(path).exists()),
        }
    }
}

fn diagnose(seen: &Surroundings) -> Diagnosis {
    let install = install_command(&seen.os_release);
    let mentioned = |word| {
        let in_one = |(path, text): &(PathBuf, String)| {
            path.to_string_lossy().contains(word) || text.contains(word)
        };
        seen.manifests.iter().any(in_one)
    };

    let (cause, remedy) = if seen.system != "linux" {
        (Cause::OtherSystem, "update the system and its graphics driver".to_owned())
    } else if seen.nvidia_device && seen.instead.is_none() && !mentioned("nvidia") {
        // Before the loader: such a container often lacks both, and the loader alone would not
        // help. A variable that leaves NVIDIA's manifest out says nothing about the container.
        let remedy = format!(
            "start it with NVIDIA_DRIVER_CAPABILITIES=all (or docker's --gpus \
             'all,\"capabilities=graphics,compute,utility\"') and install the loader in it: \
             {install}; {HEADLESS_NVIDIA}"
        );
        (Cause::ContainerWithoutGraphics, remedy)
    } else if !seen.loader {
        (Cause::NoLoader, format!("install it with a driver: {install}"))
    } else if seen.manifests.is_empty() {
        let remedy = match seen.instead {
            Some(variable) => format!("unset {variable}, or name a manifest in it"),
            None => format!("install a driver: {install}"),
        };
        (Cause::NoManifest(seen.instead), remedy)
    } else {
        let mut remedy = String::new();
        if let Some(variable) = seen.instead {
            remedy += &format!("unset {variable} to try the other drivers; ");
        }
        if mentioned("libGLX_nvidia") {
            remedy += &format!("{HEADLESS_NVIDIA}; ");
        }
        remedy += &format!(
            "let this user open /dev/dri/renderD* (group `render`), or install a software \
             driver: {install}; VK_LOADER_DEBUG=all shows what the loader tried"
        );
        let paths = seen.manifests.iter().map(|(path, _)| path.clone()).collect();
        (Cause::ManifestWithoutDevice(paths), remedy)
    };
    Diagnosis { cause, remedy }
}

/// What to install on the distribution that `os_release`, the text of /etc/os-release, describes.
fn install_command(os_release: &str) -> &'static str {
    let families: Vec<&str> = os_release
        .lines()
        .filter_map(|line| line.strip_prefix("ID=").or_else(|| line.strip_prefix("ID_LIKE=")))
        .flat_map(|value| value.trim_matches(['"', '\'']).split_whitespace())
        .collect();
    INSTALL
        .iter()
        .find(|(names, _)| names.iter().any(|name| families.contains(name)))
        .map_or(INSTALL_ELSEWHERE, |(_, command)| command)
}

/// Where the Vulkan loader looks for manifests, and the variable that stands in for its search
/// paths, if one does. Files and folders are allowed in variables; the rest are folders.
///
/// The rules are those of the loader's own "Driver Discovery on Linux", checked against the
/// locations it prints: an empty XDG variable counts as unset, an empty `VK_DRIVER_FILES` does not.
fn manifest_places(
    variable: impl Fn(&str) -> Option<OsString>,
) -> (Vec<PathBuf>, Option<&'static str>) {
    let split = |value: &OsString| std::env::split_paths(value).collect::<Vec<_>>();
    for name in ["VK_DRIVER_FILES", "VK_ICD_FILENAMES"] {
        if let Some(value) = variable(name) {
            return (split(&value), Some(name));
        }
    }
    let set = |name: &str| variable(name).filter(|value| !value.is_empty());
    let home = |name: &str, below: &str| {
        let at_home = || set("HOME").map(|home| Path::new(&home).join(below));
        set(name).map(PathBuf::from).or_else(at_home)
    };
    let dirs = |name: &str, fallback: &str| split(&set(name).unwrap_or_else(|| fallback.into()));

    let mut roots = Vec::from_iter(home("XDG_CONFIG_HOME", ".config"));
    roots.extend(dirs("XDG_CONFIG_DIRS", "/etc/xdg"));
    // The loader's SYSCONFDIR is fixed when it is built: one of these.
    roots.extend(["/usr/local/etc", "/etc"].map(PathBuf::from));
    roots.extend(home("XDG_DATA_HOME", ".local/share"));
    roots.extend(dirs("XDG_DATA_DIRS", "/usr/local/share:/usr/share"));

    let mut places = set("VK_ADD_DRIVER_FILES").as_ref().map(split).unwrap_or_default();
    places.extend(roots.iter().map(|root| root.join("vulkan/icd.d")));
    (places, None)
}

/// The manifests at `place`: itself, or those in the folder, sorted.
fn manifests_at(place: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = match std::fs::read_dir(place) {
        Ok(folder) => folder.flatten().map(|entry| entry.path()).collect(),
        Err(_) => vec![place.to_path_buf()],
    };
    found.retain(|path| path.extension().is_some_and(|end| end == "json") && path.is_file());
    found.sort();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A Debian machine on which everything is in place but the device.
    fn debian() -> Surroundings {
        Surroundings {
            system: "linux",
            os_release: "NAME=\"Debian GNU/Linux\"\nID=debian\n".into(),
            loader: true,
            instead: None,
            manifests: vec![("/icd.d/lvp_icd.json".into(), "libvulkan_lvp.so".into())],
            nvidia_device: false,
        }
    }

    fn check(seen: &Surroundings, cause: Cause, remedy: &str) {
        let diagnosis = diagnose(seen);
        assert_eq!(diagnosis.cause, cause);
        assert!(diagnosis.remedy.starts_with(remedy), "{diagnosis}");
        assert!(!diagnosis.to_string().contains('\n'), "{diagnosis}");
    }

    #[test]
    fn what_is_missing_is_what_is_told() {
        let seen = Surroundings { loader: false, manifests: vec![], ..debian() };
        check(&seen, Cause::NoLoader, "install it with a driver: `apt-get install libvulkan1");
        let seen = Surroundings { manifests: vec![], ..debian() };
        check(&seen, Cause::NoManifest(None), "install a driver: `apt-get install");
        let lavapipe = vec!["/icd.d/lvp_icd.json".into()];
        check(&debian(), Cause::ManifestWithoutDevice(lavapipe), "let this user open");
        let seen = Surroundings { system: "macos", loader: false, ..debian() };
        check(&seen, Cause::OtherSystem, "update the system");
    }

    #[test]
    fn a_variable_that_hides_drivers_is_to_blame() {
        let hidden = Surroundings { instead: Some("VK_DRIVER_FILES"), ..debian() };
        let lavapipe = vec!["/icd.d/lvp_icd.json".into()];
        check(&hidden, Cause::ManifestWithoutDevice(lavapipe), "unset VK_DRIVER_FILES to try");
        let all_hidden = Surroundings { manifests: vec![], nvidia_device: true, ..hidden };
        check(&all_hidden, Cause::NoManifest(all_hidden.instead), "unset VK_DRIVER_FILES, or");
    }

    #[test]
    fn nvidia_needs_its_manifest_and_without_x11_its_egl_library() {
        let seen = Surroundings { nvidia_device: true, loader: false, ..debian() };
        check(&seen, Cause::ContainerWithoutGraphics, "start it with NVIDIA_DRIVER_CAPABILITIES");
        let glx = ("/icd.d/nvidia_icd.json".into(), "libGLX_nvidia.so.0".into());
        let seen = Surroundings { nvidia_device: true, manifests: vec![glx], ..debian() };
        let nvidia = vec!["/icd.d/nvidia_icd.json".into()];
        check(&seen, Cause::ManifestWithoutDevice(nvidia), HEADLESS_NVIDIA);
    }

    #[test]
    fn the_command_is_that_of_the_distribution() {
        for (os_release, word) in [
            ("ID=linuxmint\nID_LIKE=\"ubuntu debian\"", "apt-get"),
            ("ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"", "dnf"),
            ("ID=arch", "pacman"),
            ("ID=void", "equivalent"),
        ] {
            assert!(install_command(os_release).contains(word), "{os_release}");
        }
    }

    #[test]
    fn places_are_those_the_loader_searches() {
        let environment = |name: &str| match name {
            "HOME" => Some("/me".into()),
            "XDG_CONFIG_HOME" => Some("".into()),
            "XDG_DATA_DIRS" => Some("/opt/share".into()),
            "VK_ADD_DRIVER_FILES" => Some("/opt/driver.json".into()),
            _ => None,
        };
        let expected = [
            "/opt/driver.json",
            "/me/.config/vulkan/icd.d",
            "/etc/xdg/vulkan/icd.d",
            "/usr/local/etc/vulkan/icd.d",
            "/etc/vulkan/icd.d",
            "/me/.local/share/vulkan/icd.d",
            "/opt/share/vulkan/icd.d",
        ];
        assert_eq!(manifest_places(environment), (expected.map(PathBuf::from).to_vec(), None));

        let one_file = |name: &str| match name {
            "VK_ICD_FILENAMES" => Some("/a.json".into()),
            _ => environment(name),
        };
        let expected = (vec![PathBuf::from("/a.json")], Some("VK_ICD_FILENAMES"));
        assert_eq!(manifest_places(one_file), expected);
    }

    #[test]
    fn folders_give_their_json_files_and_files_themselves() -> std::io::Result<()> {
        let folder = tempfile::tempdir()?;
        let path = |name: &str| folder.path().join(name);
        for name in ["b.json", "a.json", "note.txt"] {
            std::fs::write(path(name), "{}")?;
        }
        assert_eq!(manifests_at(folder.path()), [path("a.json"), path("b.json")]);
        assert_eq!(manifests_at(&path("b.json")), [path("b.json")]);
        assert!(manifests_at(&path("absent.json")).is_empty());
        Ok(())
    }
}
