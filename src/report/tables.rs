//! The tables of one role under way: all addresses as they are judged, those that are flagged, and what pictures show.

#[cfg(feature = "parquet")]
use std::path::PathBuf;

use crate::address::AddressSet;
use crate::analysis::Criteria;
use crate::behaviour::Earlier;
use crate::describe::drawing::{Drawing, DrawingBuilder};
use crate::describe::flagged::Flagged;
use crate::input::Role;
use crate::model::any::Model;
use crate::model::pca::Pca;
use crate::model::scorer::Scorer;
use crate::pass::Density;
use crate::report::csv::AddressTable;
#[cfg(feature = "parquet")]
use crate::report::parquet::ParquetTable;
use crate::rule::Rule;
use crate::rule::judge::Verdict;
use crate::store::{Output, Unfinished, WriteError};

/// The names that the table of all addresses may have.
const ALL: [&str; 2] = ["addresses.csv", "addresses.parquet"];

/// The name of the table of flagged addresses.
const FLAGGED: &str = "anomalies.csv";

/// How the table of all addresses is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum TableFormat {
    /// As text.
    #[default]
    Csv,
    /// In columns, compressed.
    #[cfg(feature = "parquet")]
    Parquet,
    /// Not at all.
    None,
}

/// Which tables are written, and how.
#[derive(Debug, Clone, Copy, Default)]
pub struct TableOptions {
    /// How the table of all addresses is written; that of the flagged ones is always text.
    pub format: TableFormat,
    /// Whether both tell each component's responsibility for each address; K-Means has none.
    pub responsibilities: bool,
}

/// The tables of a role under way.
pub struct Tables<'a> {
    role: Role,
    columns: Columns<'a>,
    rows: Rows,
    drawing: DrawingBuilder<'a>,
    /// Where they are written; nowhere, where they are only drawn.
    output: Option<&'a mut Output>,
}

/// What an [`AddressTable`] borrows, and what it tells of rows.
struct Columns<'a> {
    set: &'a AddressSet,
    pca: Pca,
    responsibilities: Option<Density>,
    ranking: Option<Rule>,
    earlier: Option<&'a Earlier>,
}

impl Columns<'_> {
    fn table(&self) -> AddressTable<'_> {
        let Self { set, ref pca, ref responsibilities, ranking, earlier } = *self;
        AddressTable { set, pca, responsibilities: responsibilities.as_ref(), ranking, earlier }
    }
}

/// The table of all addresses under way.
enum Rows {
    None,
    Csv(Box<Unfinished>),
    #[cfg(feature = "parquet")]
    Parquet(Box<ParquetTable<Unfinished>>, PathBuf),
}

impl<'a> Tables<'a> {
    /// Starts those of `set`, whose addresses are judged under `model` by `criteria` and drawn in the plane of `pca`.
    /// They go into the folder of `role` in `output`; without it nothing is written.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn new(
        (role, set): (Role, &'a AddressSet),
        (model, pca): (&Model, &Pca),
        criteria: &Criteria<'a>,
        options: TableOptions,
        output: Option<&'a mut Output>,
    ) -> Result<Self, WriteError> {
        let responsibilities = match model.scorer(criteria.score) {
            Ok(Scorer::Mixture(density)) if options.responsibilities => Some(density),
            _ => None,
        };
        let columns = Columns {
            set,
            pca: pca.clone(),
            responsibilities,
            ranking: criteria.ranking(),
            earlier: criteria.context.earlier,
        };
        let rows = match &output {
            Some(output) => Rows::new(role, &columns.table(), options.format, output)?,
            None => Rows::None,
        };
        Ok(Self { role, columns, rows, drawing: DrawingBuilder::new(set, pca), output })
    }

    /// Takes the next addresses of the set as they were judged.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn judged(&mut self, verdicts: &[Verdict]) -> Result<(), WriteError> {
        self.drawing.add(verdicts);
        let table = self.columns.table();
        match &mut self.rows {
            Rows::None => Ok(()),
            Rows::Csv(file) => table.write(verdicts, file).map_err(|error| file.failed(&error)),
            #[cfg(feature = "parquet")]
            Rows::Parquet(file, path) => {
                file.write(&table, verdicts).map_err(|error| WriteError::new(path, &error))
            }
        }
    }

    /// Ends the tables, once all addresses were judged and these were `flagged`, and returns what pictures show.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn flagged(self, flagged: &Flagged<'_>) -> Result<Drawing, WriteError> {
        let Self { role, columns, rows, drawing, output } = self;
        let Some(output) = output else { return Ok(drawing.finish()) };
        let table = columns.table();
        let written = match rows {
            Rows::None => None,
            Rows::Csv(file) => Some((*file, ALL[0])),
            #[cfg(feature = "parquet")]
            Rows::Parquet(file, path) => {
                let finished = file.finish(&table);
                Some((finished.map_err(|error| WriteError::new(&path, &error))?, ALL[1]))
            }
        };
        // That of an earlier run, in another form, would not tell of these addresses.
        let kept = written.as_ref().map(|&(_, name)| name);
        for name in ALL.into_iter().filter(|&name| Some(name) != kept) {
            output.remove(&role.file(name));
        }
        if let Some((file, name)) = written {
            output.keep(&role.file(name), file)?;
        }
        let Flagged { rows, reasons, .. } = flagged;
        output.write(&role.file(FLAGGED), |out| table.write_flagged(rows, reasons, out))?;
        Ok(drawing.finish())
    }
}

impl Rows {
    fn new(
        role: Role,
        table: &AddressTable<'_>,
        format: TableFormat,
        output: &Output,
    ) -> Result<Self, WriteError> {
        Ok(match format {
            TableFormat::None => Self::None,
            TableFormat::Csv => {
                let mut file = output.create(&role.file(ALL[0]))?;
                table.write_header(&mut file).map_err(|error| file.failed(&error))?;
                Self::Csv(Box::new(file))
            }
            #[cfg(feature = "parquet")]
            TableFormat::Parquet => {
                let path = output.directory().join(role.file(ALL[1]));
                let file = output.create(&role.file(ALL[1]))?;
                let failed = |error| WriteError::new(&path, &error);
                let table = ParquetTable::new(table, file).map_err(failed)?;
                Self::Parquet(Box::new(table), path)
            }
        })
    }
}
