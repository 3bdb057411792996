//! addresses.parquet: the rows of addresses.csv in columns, compressed.
//!
//! Rows are held until they fill a row group. All cores encode its columns, each into memory, and they are put
//! together in order. An address is there twice: as text, and as the number that it is.

use std::io::{self, Write};
use std::mem;
use std::sync::Arc;

use parquet::basic::{Compression, Encoding, LogicalType, Repetition, TimeUnit, ZstdLevel};
use parquet::basic::{ConvertedType, Type as Physical};
use parquet::column::writer::{ColumnCloseResult, get_column_writer, get_typed_column_writer};
use parquet::data_type::{self, ByteArray, DataType};
use parquet::errors::ParquetError;
use parquet::file::properties::{WriterProperties, WriterPropertiesPtr};
use parquet::file::writer::{SerializedFileWriter, SerializedPageWriter, TrackedWrite};
use parquet::schema::types::{ColumnDescPtr, ColumnPath, Type};
use rayon::prelude::*;

use super::csv::AddressTable;
use crate::address::Unit;
use crate::behaviour::Activity;
use crate::rule::judge::Verdict;
use crate::store::text::put_address;

/// Rows of a group.
const ROWS: usize = 1 << 18;

/// What a column holds.
#[derive(Debug, Clone, Copy)]
enum Field {
    Text,
    Address,
    Count,
    Cluster,
    LogDensity,
    Anomaly,
    Coordinate(usize),
    Finding,
    Surprise,
    /// Whether another day has not seen it.
    New,
    /// A counter of what the address did; empty where it is not known.
    Counter(fn(&Activity) -> Option<u64>),
    Time(fn(&Activity) -> Option<i64>),
    Responsibility(usize),
}

impl Field {
    /// How it is stored, and what it means.
    fn kind(self) -> (Physical, Option<LogicalType>, Repetition) {
        let unsigned = |bits| LogicalType::integer(bits, false);
        let time = LogicalType::timestamp(true, TimeUnit::NANOS);
        match self {
            Self::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String), Repetition::REQUIRED),
            Self::Address | Self::Cluster => {
                (Physical::INT32, Some(unsigned(32)), Repetition::REQUIRED)
            }
            Self::Count => (Physical::INT64, Some(unsigned(64)), Repetition::REQUIRED),
            Self::Anomaly | Self::Finding | Self::New => {
                (Physical::BOOLEAN, None, Repetition::REQUIRED)
            }
            Self::Surprise => (Physical::FLOAT, None, Repetition::REQUIRED),
            Self::LogDensity | Self::Coordinate(_) | Self::Responsibility(_) => {
                (Physical::DOUBLE, None, Repetition::REQUIRED)
            }
            Self::Counter(_) => (Physical::INT64, Some(unsigned(64)), Repetition::OPTIONAL),
            Self::Time(_) => (Physical::INT64, Some(time), Repetition::OPTIONAL),
        }
    }

    /// What shortens it most, where that is not to list its values as they are: addresses ascend.
    fn encoding(self) -> Option<Encoding> {
        match self {
            Self::Text => Some(Encoding::DELTA_BYTE_ARRAY),
            Self::Address => Some(Encoding::DELTA_BINARY_PACKED),
            _ => None,
        }
    }
}

/// The columns of `table`, in the order of addresses.csv, and the number that an address is.
fn fields(table: &AddressTable<'_>) -> Vec<(String, Field)> {
    let (unit, activities) = (table.set.unit(), table.set.activities());
    let mut fields = vec![
        ("address", Field::Text),
        (unit.column(), Field::Count),
        ("cluster", Field::Cluster),
        ("log_density", Field::LogDensity),
        ("anomaly", Field::Anomaly),
        ("pc1", Field::Coordinate(0)),
        ("pc2", Field::Coordinate(1)),
        ("finding", Field::Finding),
        ("surprise", Field::Surprise),
    ];
    if activities.has_ties() {
        if unit != Unit::Records {
            fields.push(("records", Field::Counter(|did| did.records)));
        }
        fields.push(("bytes", Field::Counter(|did| did.bytes)));
        fields.push(("peers", Field::Counter(|did| did.peers.map(u64::from))));
        fields.push(("services", Field::Counter(|did| did.services.map(u64::from))));
        fields.push(("unanswered", Field::Counter(|did| did.unanswered.map(u64::from))));
    }
    if !activities.is_empty() {
        fields.push(("first_seen", Field::Time(|did| did.span.map(|span| span.first))));
        fields.push(("last_seen", Field::Time(|did| did.span.map(|span| span.last))));
    }
    if table.earlier.is_some() {
        fields.push(("new", Field::New));
    }
    let named = fields.into_iter().map(|(name, field)| (name.to_owned(), field));
    let more =
        (0..table.components()).map(|k| (format!("responsibility_{k}"), Field::Responsibility(k)));
    // Last, so that the others stand where readers of addresses.csv look for them.
    named.chain(more).chain([("address_u32".to_owned(), Field::Address)]).collect()
}

/// A table being written.
pub struct ParquetTable<W: Write + Send> {
    file: SerializedFileWriter<W>,
    fields: Vec<Field>,
    properties: WriterPropertiesPtr,
    /// Those of the row group to come.
    rows: Vec<Verdict>,
}

/// The error of the file below, or that of the format.
fn failed(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(error) => match error.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(error) => io::Error::other(error),
        },
        error => io::Error::other(error),
    }
}

impl<W: Write + Send> ParquetTable<W> {
    /// Starts the table to which rows of `table` will be written.
    ///
    /// # Errors
    /// When `out` fails.
    pub fn new(table: &AddressTable<'_>, out: W) -> io::Result<Self> {
        let named = fields(table);
        let level = ZstdLevel::try_new(1).map_err(failed)?;
        let mut properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(level))
            .set_dictionary_enabled(false)
            .set_created_by(concat!("octomix ", env!("CARGO_PKG_VERSION")).to_owned());
        let mut columns = Vec::with_capacity(named.len());
        for (name, field) in &named {
            let (physical, logical, repetition) = field.kind();
            let column = Type::primitive_type_builder(name, physical)
                .with_logical_type(logical)
                .with_converted_type(ConvertedType::NONE)
                .with_repetition(repetition);
            columns.push(Arc::new(column.build().map_err(failed)?));
            if let Some(encoding) = field.encoding() {
                properties =
                    properties.set_column_encoding(ColumnPath::from(name.as_str()), encoding);
            }
        }
        let schema = Type::group_type_builder("addresses").with_fields(columns);
        let schema = Arc::new(schema.build().map_err(failed)?);
        let properties = Arc::new(properties.build());
        let file = SerializedFileWriter::new(out, schema, properties.clone()).map_err(failed)?;
        let fields = named.into_iter().map(|(_, field)| field).collect();
        Ok(Self { file, fields, properties, rows: Vec::new() })
    }

    /// Writes `rows` of `table`, that of [`new`](Self::new).
    ///
    /// # Errors
    /// When the file fails.
    pub fn write(&mut self, table: &AddressTable<'_>, mut rows: &[Verdict]) -> io::Result<()> {
        while !rows.is_empty() {
            let (some, others) = rows.split_at(rows.len().min(ROWS - self.rows.len()));
            self.rows.extend_from_slice(some);
            rows = others;
            if self.rows.len() == ROWS {
                self.write_group(table)?;
            }
        }
        Ok(())
    }

    /// Writes what is left, and returns the file.
    ///
    /// # Errors
    /// When the file fails.
    pub fn finish(mut self, table: &AddressTable<'_>) -> io::Result<W> {
        if !self.rows.is_empty() {
            self.write_group(table)?;
        }
        self.file.into_inner().map_err(failed)
    }

    fn write_group(&mut self, table: &AddressTable<'_>) -> io::Result<()> {
        let rows = mem::take(&mut self.rows);
        let group = Group { table, rows: &rows, responsibilities: responsibilities(table, &rows) };
        let columns = self.file.schema_descr().columns().par_iter().zip(&self.fields);
        let encoded = columns.map(|(column, &field)| group.encode(field, column, &self.properties));
        let encoded: Result<Vec<(Vec<u8>, ColumnCloseResult)>, ParquetError> = encoded.collect();
        let mut writer = self.file.next_row_group().map_err(failed)?;
        for (bytes, column) in encoded.map_err(failed)? {
            writer.append_column(&bytes::Bytes::from(bytes), column).map_err(failed)?;
        }
        writer.close().map_err(failed)?;
        Ok(())
    }
}

/// The responsibilities of each of `rows`, one after the other, if they are wanted.
fn responsibilities(table: &AddressTable<'_>, rows: &[Verdict]) -> Vec<f64> {
    let Some(density) = table.responsibilities else { return Vec::new() };
    let components = table.components().max(1);
    let mut all = vec![0.0; rows.len() * components];
    all.par_chunks_mut(components).zip(rows).for_each(|(responsibilities, row)| {
        density.responsibilities(table.set.addresses()[row.at as usize], responsibilities);
    });
    all
}

/// The rows of a row group.
struct Group<'a> {
    table: &'a AddressTable<'a>,
    rows: &'a [Verdict],
    responsibilities: Vec<f64>,
}

impl Group<'_> {
    /// The bytes of a `column` that holds `field`.
    fn encode(
        &self,
        field: Field,
        column: &ColumnDescPtr,
        properties: &WriterPropertiesPtr,
    ) -> Result<(Vec<u8>, ColumnCloseResult), ParquetError> {
        let set = self.table.set;
        let into = Into { column, properties };
        let address = |row: &Verdict| set.addresses()[row.at as usize];
        let did = |row: &Verdict| set.activity(row.at as usize);
        match field {
            Field::Text => {
                let (mut text, mut ends) = (Vec::new(), Vec::with_capacity(self.rows.len()));
                for row in self.rows {
                    put_address(address(row), &mut text);
                    ends.push(text.len());
                }
                let (text, mut start) = (ByteArray::from(text), 0);
                let quads = ends.into_iter().map(|end| {
                    let quad = text.slice(start, end - start);
                    start = end;
                    quad
                });
                into.all::<data_type::ByteArrayType>(quads)
            }
            Field::Address => {
                let numbers = self.rows.iter().map(|row| address(row).cast_signed());
                into.all::<data_type::Int32Type>(numbers)
            }
            Field::Cluster => {
                let numbers = self.rows.iter().map(|row| row.cluster().cast_signed());
                into.all::<data_type::Int32Type>(numbers)
            }
            Field::Count => {
                let counts = self.rows.iter().map(|row| set.packets(row.at as usize));
                into.all::<data_type::Int64Type>(counts.map(u64::cast_signed))
            }
            Field::LogDensity => {
                into.all::<data_type::DoubleType>(self.rows.iter().map(|row| row.log_density))
            }
            Field::Anomaly => {
                let flags = self.rows.iter().map(|row| !row.rules().is_empty());
                into.all::<data_type::BoolType>(flags)
            }
            Field::Finding => {
                let flags = self.rows.iter().map(|row| self.table.is_finding(row));
                into.all::<data_type::BoolType>(flags)
            }
            Field::New => {
                let flags = self.rows.iter().map(|row| self.table.is_new(row) == Some(true));
                into.all::<data_type::BoolType>(flags)
            }
            Field::Surprise => {
                into.all::<data_type::FloatType>(self.rows.iter().map(|row| row.surprise))
            }
            Field::Coordinate(axis) => {
                let places = self.rows.iter().map(|row| self.table.pca.project(address(row))[axis]);
                into.all::<data_type::DoubleType>(places)
            }
            Field::Responsibility(k) => {
                let of = self.responsibilities.iter().skip(k).step_by(self.table.components());
                into.all::<data_type::DoubleType>(of.copied())
            }
            Field::Counter(count) => {
                let counts = self.rows.iter().map(|row| count(&did(row)).map(u64::cast_signed));
                into.known::<data_type::Int64Type>(counts)
            }
            Field::Time(time) => {
                into.known::<data_type::Int64Type>(self.rows.iter().map(|row| time(&did(row))))
            }
        }
    }
}

/// The column that values are encoded into.
struct Into<'a> {
    column: &'a ColumnDescPtr,
    properties: &'a WriterPropertiesPtr,
}

impl Into<'_> {
    /// `values`, all of them known.
    fn all<T: DataType>(
        &self,
        values: impl Iterator<Item = T::T>,
    ) -> Result<(Vec<u8>, ColumnCloseResult), ParquetError> {
        self.encode::<T>(&values.collect::<Vec<_>>(), None)
    }

    /// `values`, of which some are not known.
    fn known<T: DataType>(
        &self,
        values: impl Iterator<Item = Option<T::T>>,
    ) -> Result<(Vec<u8>, ColumnCloseResult), ParquetError> {
        let (mut known, mut levels) = (Vec::new(), Vec::new());
        for value in values {
            levels.push(i16::from(value.is_some()));
            known.extend(value);
        }
        self.encode::<T>(&known, Some(&levels))
    }

    fn encode<T: DataType>(
        &self,
        values: &[T::T],
        levels: Option<&[i16]>,
    ) -> Result<(Vec<u8>, ColumnCloseResult), ParquetError> {
        let mut bytes = TrackedWrite::new(Vec::new());
        let pages = Box::new(SerializedPageWriter::new(&mut bytes));
        let writer = get_column_writer(self.column.clone(), self.properties.clone(), pages);
        let mut writer = get_typed_column_writer::<T>(writer);
        writer.write_batch(values, levels, None)?;
        let closed = writer.close()?;
        Ok((bytes.into_inner()?, closed))
    }
}
