//! The values of one column of a Parquet file, written as in a table of text.
//!
//! An address may be text, 4 bytes in network order, or a number. Times of any unit are written as seconds.

use std::io::Write as _;
use std::net::Ipv6Addr;

use ::parquet::basic::{ConvertedType, LogicalType, TimeUnit};
use ::parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use ::parquet::data_type::DataType;
use ::parquet::errors::ParquetError;
use ::parquet::schema::types::ColumnDescriptor;

use crate::address::dotted;

/// A column of a row group, read from its first row to its last one.
pub(super) trait Cells: Send {
    /// Skips `rows` rows.
    ///
    /// # Errors
    /// Damage.
    fn skip(&mut self, rows: usize) -> Result<(), ParquetError>;

    /// Decodes the next `rows` rows.
    ///
    /// # Errors
    /// Damage, after which nothing may be written.
    fn read(&mut self, rows: usize) -> Result<(), ParquetError>;

    /// Writes the next decoded value, or nothing if it is null.
    fn write(&mut self, text: &mut Vec<u8>);
}

/// Opens the column `leaf`, which `reader` reads.
pub(super) fn open(
    reader: ColumnReader,
    leaf: &ColumnDescriptor,
    is_address: bool,
) -> Box<dyn Cells> {
    let number = Number::of(leaf);
    let is_text = is_text(leaf);
    match reader {
        ColumnReader::BoolColumnReader(reader) => boxed(reader, leaf, |value, text| {
            print(text, format_args!("{value}"));
        }),
        ColumnReader::Int32ColumnReader(reader) if is_address => {
            // Its bits are the address, whether the type is signed or not.
            boxed(reader, leaf, |&value, text| address(value.cast_unsigned(), text))
        }
        ColumnReader::Int64ColumnReader(reader) if is_address => {
            boxed(reader, leaf, |&value, text| match u32::try_from(value) {
                Ok(value) => address(value, text),
                Err(_) => print(text, format_args!("{value}")),
            })
        }
        ColumnReader::Int32ColumnReader(reader) => boxed(reader, leaf, move |&value, text| {
            let value = match number.is_unsigned {
                true => i64::from(value.cast_unsigned()),
                false => i64::from(value),
            };
            number.write(value, text);
        }),
        ColumnReader::Int64ColumnReader(reader) => {
            boxed(reader, leaf, move |&value, text| number.write(value, text))
        }
        ColumnReader::Int96ColumnReader(reader) => boxed(reader, leaf, |value, text| {
            NANOSECONDS.write(value.to_nanos(), text);
        }),
        ColumnReader::FloatColumnReader(reader) => boxed(reader, leaf, move |&value, text| {
            float(f64::from(value), is_address, text);
        }),
        ColumnReader::DoubleColumnReader(reader) => {
            boxed(reader, leaf, move |&value, text| float(value, is_address, text))
        }
        ColumnReader::ByteArrayColumnReader(reader) => {
            boxed(reader, leaf, move |value, text| match value.data() {
                &[a, b, c, d] if is_address && !is_text => {
                    address(u32::from_be_bytes([a, b, c, d]), text);
                }
                bytes => field(bytes, text),
            })
        }
        ColumnReader::FixedLenByteArrayColumnReader(reader) => {
            boxed(reader, leaf, move |value, text| match value.data() {
                &[a, b, c, d] if is_address => address(u32::from_be_bytes([a, b, c, d]), text),
                bytes => match <[u8; 16]>::try_from(bytes) {
                    Ok(bytes) => print(text, format_args!("{}", Ipv6Addr::from(bytes))),
                    Err(_) => field(bytes, text),
                },
            })
        }
    }
}

/// A column of one type, and a function that writes its values.
struct Typed<T: DataType, W> {
    reader: ColumnReaderImpl<T>,
    /// The definition level of a value that is not null; 0 if none can be null.
    defined: i16,
    levels: Vec<i16>,
    values: Vec<T::T>,
    /// How many of both have been written.
    row: usize,
    value: usize,
    write: W,
}

fn boxed<T: DataType>(
    reader: ColumnReaderImpl<T>,
    leaf: &ColumnDescriptor,
    write: impl Fn(&T::T, &mut Vec<u8>) + Send + 'static,
) -> Box<dyn Cells> {
    let defined = leaf.max_def_level();
    let (levels, values) = (Vec::new(), Vec::new());
    Box::new(Typed { reader, defined, levels, values, row: 0, value: 0, write })
}

impl<T: DataType, W: Fn(&T::T, &mut Vec<u8>) + Send> Cells for Typed<T, W> {
    fn skip(&mut self, rows: usize) -> Result<(), ParquetError> {
        enough(self.reader.skip_records(rows)?, rows)
    }

    fn read(&mut self, rows: usize) -> Result<(), ParquetError> {
        self.levels.clear();
        self.values.clear();
        (self.row, self.value) = (0, 0);
        let levels = Some(&mut self.levels);
        let (read, _, _) = self.reader.read_records(rows, levels, None, &mut self.values)?;
        enough(read, rows)
    }

    fn write(&mut self, text: &mut Vec<u8>) {
        let level = self.levels.get(self.row).copied().unwrap_or(0);
        self.row += 1;
        if level != self.defined {
            return;
        }
        if let Some(value) = self.values.get(self.value) {
            self.value += 1;
            (self.write)(value, text);
        }
    }
}

fn enough(read: usize, rows: usize) -> Result<(), ParquetError> {
    match read == rows {
        true => Ok(()),
        false => Err(ParquetError::EOF("a column ends before its rows do".to_owned())),
    }
}

/// What an integer stands for.
#[derive(Clone, Copy)]
struct Number {
    is_unsigned: bool,
    /// How many of its last digits follow the decimal point.
    digits: u32,
    /// The factor by which it is multiplied.
    factor: i64,
}

const PLAIN: Number = Number { is_unsigned: false, digits: 0, factor: 1 };
const NANOSECONDS: Number = Number { digits: 9, ..PLAIN };
/// Seconds of a day.
const DAY: i64 = 86_400;

impl Number {
    fn of(leaf: &ColumnDescriptor) -> Self {
        use ConvertedType::{UINT_8, UINT_16, UINT_32, UINT_64};
        let decimal = |digits| Number { digits, ..PLAIN };
        match (leaf.logical_type_ref(), leaf.converted_type()) {
            (Some(LogicalType::Timestamp(time)), _) => decimal(match time.unit {
                TimeUnit::MILLIS => 3,
                TimeUnit::MICROS => 6,
                TimeUnit::NANOS => 9,
            }),
            (_, ConvertedType::TIMESTAMP_MILLIS) => decimal(3),
            (_, ConvertedType::TIMESTAMP_MICROS) => decimal(6),
            (_, ConvertedType::DECIMAL) => decimal(leaf.type_scale().max(0).cast_unsigned()),
            (_, ConvertedType::DATE) => Number { factor: DAY, ..PLAIN },
            (_, UINT_8 | UINT_16 | UINT_32 | UINT_64) => Number { is_unsigned: true, ..PLAIN },
            _ => PLAIN,
        }
    }

    fn write(self, value: i64, text: &mut Vec<u8>) {
        let value = value.saturating_mul(self.factor);
        let Some(unit) = 10u64.checked_pow(self.digits).filter(|_| self.digits > 0) else {
            return match self.is_unsigned {
                true => print(text, format_args!("{}", value.cast_unsigned())),
                false => print(text, format_args!("{value}")),
            };
        };
        let sign = if value < 0 { "-" } else { "" };
        let (whole, rest) = (value.unsigned_abs() / unit, value.unsigned_abs() % unit);
        let width = self.digits as usize;
        print(text, format_args!("{sign}{whole}.{rest:0width$}"));
    }
}

/// Whether the bytes of a column are declared to be text.
fn is_text(leaf: &ColumnDescriptor) -> bool {
    matches!(leaf.converted_type(), ConvertedType::UTF8 | ConvertedType::ENUM | ConvertedType::JSON)
        || matches!(
            leaf.logical_type_ref(),
            Some(LogicalType::String | LogicalType::Enum | LogicalType::Json)
        )
}

fn address(address: u32, text: &mut Vec<u8>) {
    print(text, format_args!("{}", dotted(address)));
}

/// A float, which may be an address: pandas turns an integer column with gaps into floats.
fn float(value: f64, is_address: bool, text: &mut Vec<u8>) {
    let number = value as u32;
    match is_address && f64::from(number) == value {
        true => address(number, text),
        false => print(text, format_args!("{value}")),
    }
}

/// Text, quoted if it would otherwise split the row. Line ends become spaces, so that a row is one line.
fn field(bytes: &[u8], text: &mut Vec<u8>) {
    if !bytes.iter().any(|byte| matches!(byte, b'"' | b'\t' | b'\n' | b'\r')) {
        return text.extend_from_slice(bytes);
    }
    text.push(b'"');
    for &byte in bytes {
        match byte {
            b'"' => text.extend_from_slice(b"\"\""),
            b'\n' | b'\r' => text.push(b' '),
            _ => text.push(byte),
        }
    }
    text.push(b'"');
}

fn print(text: &mut Vec<u8>, what: std::fmt::Arguments<'_>) {
    // Writing to memory cannot fail.
    let _ = text.write_fmt(what);
}
