//! Files that say where a mixture starts: parameters as JSON, or the clusters of addresses as CSV.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use octomix::Covariance;
use octomix::address::{OCTETS, dotted};
use octomix::input::parse_ipv4;
use octomix::model::start::Parameters;
use octomix::report::model::Nested;
use serde::Deserialize;

/// A file that cannot be started from.
#[derive(Debug, thiserror::Error)]
#[error("cannot start from '{}': {reason}", path.display())]
pub struct StartFileError {
    path: PathBuf,
    reason: String,
}

/// Where to start.
#[derive(Debug)]
pub enum Start {
    /// At parameters.
    Parameters(Parameters),
    /// From clusters.
    Labels(Labels),
}

/// The cluster of each address.
#[derive(Debug)]
pub struct Labels {
    path: PathBuf,
    clusters: HashMap<u32, u32>,
}

/// The names are scikit-learn's; a model.json has them too.
#[derive(Deserialize)]
struct Json {
    weights: Option<Vec<f64>>,
    means: Option<Vec<[f64; OCTETS]>>,
    precisions: Option<Nested>,
    covariance_type: Option<String>,
}

impl Start {
    /// Reads `path`, JSON if it begins with a brace.
    ///
    /// # Errors
    /// When it cannot be read, or is neither.
    pub fn read(path: &Path) -> Result<Self, StartFileError> {
        let at = |reason: String| StartFileError { path: path.to_path_buf(), reason };
        let text = fs::read(path).map_err(|error| at(error.to_string()))?;
        if text.trim_ascii_start().first() == Some(&b'{') {
            return parameters(&text).map(Self::Parameters).map_err(at);
        }
        let clusters = clusters(&text).map_err(at)?;
        Ok(Self::Labels(Labels { path: path.to_path_buf(), clusters }))
    }

    /// How many components it is for.
    pub fn components(&self) -> usize {
        match self {
            Self::Parameters(Parameters { weights, means, precisions }) => {
                let precisions = precisions.as_ref().map_or(0, Vec::len);
                let weights = weights.as_ref().map_or(precisions, Vec::len);
                means.as_ref().map_or(weights, Vec::len)
            }
            // A cluster without an address may be left out at the end only by mistake.
            Self::Labels(labels) => labels.clusters.values().max().map_or(1, |&k| k as usize + 1),
        }
    }
}

impl Labels {
    /// The cluster of each of `addresses`.
    ///
    /// # Errors
    /// When the file does not tell of one.
    pub fn of(&self, addresses: &[u32]) -> Result<Vec<u32>, StartFileError> {
        let cluster = |address: &u32| {
            self.clusters.get(address).copied().ok_or_else(|| StartFileError {
                path: self.path.clone(),
                reason: format!(
                    "it has no cluster for {}; give every address of the capture one",
                    dotted(*address)
                ),
            })
        };
        addresses.iter().map(cluster).collect()
    }
}

fn parameters(text: &[u8]) -> Result<Parameters, String> {
    let json: Json = serde_json::from_slice(text).map_err(|error| error.to_string())?;
    if json.weights.is_none() && json.means.is_none() && json.precisions.is_none() {
        return Err("it has neither weights nor means nor precisions; give one of them".to_owned());
    }
    let precisions = match &json.precisions {
        None => None,
        Some(nested) => {
            let count = json.means.as_ref().map(Vec::len).or(json.weights.as_ref().map(Vec::len));
            let shaped = precisions(nested, json.covariance_type.as_deref(), count);
            Some(shaped.ok_or(
                "precisions are no list of numbers, of rows or of matrices of four rows; \
                 of four rows alone covariance_type says whether they are diag or tied",
            )?)
        }
    };
    Ok(Parameters { weights: json.weights, means: json.means, precisions })
}

/// Precisions of whichever kind their shape says. Four rows of four are a tied matrix or four
/// diagonals: without a type a symmetric one is a matrix.
fn precisions(
    nested: &Nested,
    covariance_type: Option<&str>,
    count: Option<usize>,
) -> Option<Vec<nalgebra::Matrix4<f64>>> {
    let Nested::List(entries) = nested else { return None };
    let k = count.unwrap_or(entries.len());
    let named = |kind: &Covariance| covariance_type.is_none_or(|name| kind.name() == name);
    let as_kind = |kind: Covariance| {
        let matrices = nested.to_matrices(kind, k)?;
        let is_symmetric = |m: &nalgebra::Matrix4<f64>| *m == m.transpose();
        matrices.iter().all(is_symmetric).then_some(matrices)
    };
    Covariance::ALL.into_iter().filter(named).find_map(as_kind)
}

fn clusters(text: &[u8]) -> Result<HashMap<u32, u32>, String> {
    let mut reader = csv::Reader::from_reader(text);
    let header = reader.byte_headers().map_err(|error| error.to_string())?.clone();
    let column = |name: &str| {
        let found = header.iter().position(|field| field.eq_ignore_ascii_case(name.as_bytes()));
        found.ok_or_else(|| {
            format!(
                "it is neither JSON nor a CSV with a column {name}; expected the columns address and cluster"
            )
        })
    };
    let (address, cluster) = (column("address")?, column("cluster")?);
    let mut clusters = HashMap::new();
    for record in reader.byte_records() {
        let record = record.map_err(|error| error.to_string())?;
        let line = record.position().map_or(0, csv::Position::line);
        let field = |at: usize| record.get(at).unwrap_or_default();
        let text = |at: usize| String::from_utf8_lossy(field(at)).into_owned();
        let found = parse_ipv4(field(address))
            .ok_or_else(|| format!("line {line}: '{}' is no IPv4 address", text(address)))?;
        let label = text(cluster);
        let label = label.parse().map_err(|_| {
            format!("line {line}: '{label}' is no cluster; expected a whole number from 0")
        })?;
        clusters.insert(found, label);
    }
    if clusters.is_empty() {
        return Err("it has no address below its header".to_owned());
    }
    Ok(clusters)
}
