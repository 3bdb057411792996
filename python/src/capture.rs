//! Captures: what was read, as arrays that are not copied, and as an account.

use std::path::PathBuf;
use std::sync::Arc;

use numpy::PyArray1;
use octomix::address::{AddressSet, Blocks, Counter, Unit};
use octomix::behaviour::Counting;
use octomix::input::{
    self, Directories, Filter, Notation, Options, Preset, Role, Roles, Tunnels, parse_block,
};
use octomix::report::summary::reading::Reading;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use serde::Deserialize;

use crate::array::Rows;
use crate::arrow::{Capsules, export};
use crate::error;
use crate::options::parse;
use crate::watch::Watch;
use crate::words::told;

/// What to read, as Python has it.
#[derive(Deserialize)]
struct Asked {
    role: Option<String>,
    r#where: Option<String>,
    recursive: bool,
    src_column: Option<String>,
    dst_column: Option<String>,
    layout: Option<String>,
    tunnels: String,
    integers: bool,
    zero_padded: bool,
    day_first: bool,
    month_first: bool,
    year: Option<i16>,
    strict: bool,
    behaviour: String,
    only: Option<Vec<String>>,
    exclude: Option<Vec<String>>,
}

/// The value that `name` stands for.
pub fn known<T: Copy>(what: &str, name: &str, all: &[(&str, T)]) -> PyResult<T> {
    let found = all.iter().find(|(known, _)| *known == name);
    found.map(|&(_, value)| value).ok_or_else(|| {
        let names: Vec<String> = all.iter().map(|(known, _)| format!("'{known}'")).collect();
        error::value(format!("{what} must be {}; got '{name}'", names.join(" or ")))
    })
}

/// The union of `texts`, each a CIDR block.
pub fn blocks(texts: Option<Vec<String>>) -> PyResult<Option<Arc<Blocks>>> {
    let Some(texts) = texts else { return Ok(None) };
    let block = |text: &String| {
        let shown = octomix::words::shown(text);
        parse_block(text)
            .ok_or_else(|| error::value(format!("'{shown}' is no CIDR block, such as 10.0.0.0/8")))
    };
    let ranges = texts.iter().map(block).collect::<PyResult<Vec<_>>>()?;
    Ok(Some(Arc::new(Blocks::new(ranges))))
}

impl Asked {
    fn options(self) -> PyResult<Options> {
        let roles = [
            ("src", Roles::Source),
            ("dst", Roles::Destination),
            ("both", Roles::Both),
            ("any", Roles::Any),
        ];
        let countings = [
            ("auto", Counting::Auto),
            ("off", Counting::Off),
            ("exact", Counting::Exact),
            ("approximate", Counting::Approximate),
        ];
        let layout = self.layout.map(|name| {
            let none =
                || error::value(format!("there is no layout '{}'", octomix::words::shown(&name)));
            Preset::named(&name).ok_or_else(none)
        });
        Ok(Options {
            roles: self.role.map(|role| known("role", &role, &roles)).transpose()?,
            source_column: self.src_column,
            destination_column: self.dst_column,
            tunnels: known(
                "tunnels",
                &self.tunnels,
                &[("outer", Tunnels::Outer), ("inner", Tunnels::Inner)],
            )?,
            strict: self.strict,
            layout: layout.transpose()?,
            notation: Notation {
                integers: self.integers,
                zero_padded: self.zero_padded,
                day_first: self.day_first,
                month_first: self.month_first,
                year: self.year,
            },
            filter: self
                .r#where
                .map(|text| text.parse::<Filter>().map_err(error::value))
                .transpose()?,
            only: blocks(self.only)?,
            exclude: blocks(self.exclude)?,
            times: false,
            behaviour: known("behaviour", &self.behaviour, &countings)?,
            directories: match self.recursive {
                true => Directories::Files,
                false => Directories::Refused,
            },
        })
    }
}

/// Reads `paths` as one capture.
#[pyfunction]
#[pyo3(signature = (paths, asked, progress=None))]
pub fn read(
    py: Python<'_>,
    paths: Vec<PathBuf>,
    asked: &str,
    progress: Option<Py<PyAny>>,
) -> PyResult<Capture> {
    let options = parse::<Asked>(asked)?.options()?;
    let mut watch = Watch::new(progress)?;
    let read = py.detach(|| {
        input::read(&paths, &options, &mut |at: input::Progress| {
            watch.look("reading", at.bytes, at.total.unwrap_or(0))
        })
    });
    watch.end(read, error::input).map(|capture| Capture(Arc::new(capture)))
}

/// A capture of the addresses of `rows`, as its sources, each with its weight as its records.
#[pyfunction]
pub fn capture(rows: Rows<'_>) -> PyResult<Capture> {
    let points = rows.points()?;
    let mut counter = Counter::default();
    let counted = points.addresses().iter().enumerate();
    counted.for_each(|(at, &address)| counter.add(address, points.weight(at)));
    let mut capture = octomix::input::Capture::default();
    capture.sets.source = counter.finish().counting(Unit::Records);
    Ok(Capture(Arc::new(capture)))
}

/// What was read.
#[pyclass(frozen, module = "octomix._octomix")]
pub struct Capture(pub Arc<octomix::input::Capture>);

#[pymethods]
impl Capture {
    /// The addresses of `src`, `dst` or `any`; `None` where there are none.
    fn side(&self, key: &str) -> PyResult<Option<Side>> {
        let roles = Role::ALL.map(|role| (role.key(), role));
        let role = known("side", key, &roles)?;
        let is_empty = self.0.sets.get(role).is_empty();
        Ok((!is_empty).then(|| Side { capture: Arc::clone(&self.0), role }))
    }

    /// What there is to be warned of.
    fn warnings(&self) -> Vec<String> {
        self.0.account.told().iter().map(|warning| told(warning)).collect()
    }

    /// What was read and what was not, in JSON, as in summary.json.
    fn account(&self) -> PyResult<String> {
        serde_json::to_string(&Reading::new(&self.0.account)).map_err(error::octomix)
    }
}

/// The addresses of one role. numpy sees them where they lie.
#[pyclass(frozen, module = "octomix._octomix")]
pub struct Side {
    capture: Arc<octomix::input::Capture>,
    role: Role,
}

impl Side {
    fn set(&self) -> &AddressSet {
        self.capture.sets.get(self.role)
    }
}

#[pymethods]
impl Side {
    /// The distinct addresses, to numpy: it holds this object for as long as it looks at them, and does not write.
    #[getter(__array_interface__)]
    fn array_interface<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let addresses = self.set().addresses();
        let interface = PyDict::new(py);
        interface.set_item("version", 3)?;
        interface.set_item("shape", (addresses.len(),))?;
        interface.set_item("typestr", if cfg!(target_endian = "big") { ">u4" } else { "<u4" })?;
        interface.set_item("data", (addresses.as_ptr() as usize, true))?;
        Ok(interface)
    }

    /// The same to Arrow; a schema that is asked for is left to who asks.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_array__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Capsules<'py>> {
        let _ = requested_schema;
        // SAFETY: a capture that is shared never changes, and holds its addresses.
        unsafe { export(py, self.set().addresses(), Arc::clone(&self.capture) as _) }
    }

    /// Packets of each address.
    fn packets<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<u64>> {
        PyArray1::from_vec(py, py.detach(|| self.set().weights()))
    }

    /// What the packets are: `packets`, `records` or both.
    fn unit(&self) -> &'static str {
        self.set().unit().name()
    }
}
