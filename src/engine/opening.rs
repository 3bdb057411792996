//! What is asked for when GPUs are opened, and why none could be. It is the same in every build, with GPU support or
//! without.

use crate::words::shown;

/// Which adapters to open.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Parts of their names, in any case, with commas between; or `all`. If not given, the best one.
    pub name: Option<String>,
    /// Whether a software adapter will do.
    pub software: bool,
}

/// Why no GPU could be opened.
#[derive(Debug, thiserror::Error)]
pub enum GpuError {
    /// The build has no GPU support.
    #[error(
        "octomix was built without GPU support; build it with its default feature gpu, or use --engine cpu"
    )]
    NotBuilt,
    /// No adapter at all.
    #[error("no GPU adapter was found: {0}")]
    NoAdapter(String),
    /// A driver that crashed, panicked or hung as it was tried.
    #[error("{0}")]
    Unusable(String),
    /// Kernels that are wrong on it.
    #[error("{0}")]
    WrongResults(String),
    /// Only a software adapter's name contains it, and it may be meant or not.
    #[error(
        "only the software adapter '{name}' has '{part}' in its name; --adapter {word} takes it"
    )]
    SoftwareByPart {
        /// The part of a name that was asked for.
        part: String,
        /// The adapter.
        name: String,
        /// What names it beyond doubt.
        word: String,
    },
    /// None by that name.
    #[error("no adapter's name contains '{}'; there are: {found}", shown(wanted))]
    NoSuchAdapter {
        /// The name asked for, or several.
        wanted: String,
        /// The names there are.
        found: String,
    },
    /// Only software adapters, where a real GPU was wanted.
    #[error("the only adapter is a software one ({0}), which runs on the CPU")]
    OnlySoftware(String),
    /// The adapter refused to open.
    #[error(
        "adapter '{adapter}' cannot be opened: {reason}; try another with --adapter, or --engine cpu"
    )]
    Open {
        /// The adapter.
        adapter: String,
        /// What it said.
        reason: String,
    },
}

impl GpuError {
    /// Whether a GPU is there that does not work, which people should know even if the CPU does as well.
    pub fn is_fault(&self) -> bool {
        matches!(self, Self::Unusable(_) | Self::WrongResults(_) | Self::Open { .. })
    }
}
