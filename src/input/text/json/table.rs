//! Tables that are written as arrays, as databases and pandas answer: the names of the columns once, and an array
//! of values a row.

use super::syntax::Cursor;

/// What the array of the columns is called: by Kusto, Elasticsearch and pandas; Splunk; ClickHouse; BigQuery.
const COLUMNS: [&str; 4] = ["columns", "fields", "meta", "schema"];
/// What the array of the rows is called.
const ROWS: [&str; 3] = ["rows", "data", "values"];
/// What the name of a column is called, where a column is an object.
const NAME: [&[u8]; 3] = [b"name", b"columnname", b"field"];

/// Whether `name` is that of the array of the columns.
pub fn is_columns(name: &str) -> bool {
    COLUMNS.iter().any(|known| name.eq_ignore_ascii_case(known))
}

/// Whether `name` is that of the array of the rows.
pub fn is_rows(name: &str) -> bool {
    ROWS.iter().any(|known| name.eq_ignore_ascii_case(known))
}

/// The names in the array at `start`, with their quotes; `None` if it has others than names.
pub fn names(bytes: &[u8], start: usize) -> Option<Vec<&[u8]>> {
    let mut cursor = Cursor { bytes, at: start };
    let mut names = Vec::new();
    let mut has_more = cursor.open(b'[', b']')?;
    while has_more {
        names.push(match cursor.peek()? {
            b'"' => string(&mut cursor)?,
            _ => name_of(&mut cursor)?,
        });
        has_more = cursor.more(b']')?;
    }
    Some(names)
}

/// The name that the object at `cursor` has, which moves behind it.
fn name_of<'b>(cursor: &mut Cursor<'b>) -> Option<&'b [u8]> {
    let mut found = None;
    let mut has_more = cursor.open(b'{', b'}')?;
    while has_more {
        let name = cursor.name()?;
        let name = &cursor.bytes[name.start..name.end];
        let is_name = NAME.iter().any(|known| name.eq_ignore_ascii_case(known));
        match cursor.peek()? {
            b'"' if is_name && found.is_none() => found = Some(string(cursor)?),
            _ => cursor.skip_value(0)?,
        }
        has_more = cursor.more(b'}')?;
    }
    found
}

fn string<'b>(cursor: &mut Cursor<'b>) -> Option<&'b [u8]> {
    let start = cursor.at;
    cursor.string()?;
    Some(&cursor.bytes[start..cursor.at])
}

/// The row at `cursor`, which moves behind it, as an object.
pub fn object(names: &[&[u8]], cursor: &mut Cursor<'_>) -> Option<Vec<u8>> {
    let mut object = vec![b'{'];
    let mut names = names.iter();
    let mut has_more = cursor.open(b'[', b']')?;
    while has_more {
        let start = cursor.at;
        cursor.skip_value(0)?;
        if let Some(name) = names.next() {
            if object.len() > 1 {
                object.push(b',');
            }
            object.extend_from_slice(name);
            object.push(b':');
            object.extend_from_slice(&cursor.bytes[start..cursor.at]);
        }
        has_more = cursor.more(b']')?;
    }
    object.push(b'}');
    Some(object)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_objects_with_the_names_of_the_columns() {
        let names_of = |text: &'static str| names(text.as_bytes(), 0);
        let names = names_of(r#"["a", {"type":"x","name":"b"}]"#).unwrap();
        let row = |text: &str| {
            let object = object(&names, &mut Cursor { bytes: text.as_bytes(), at: 0 });
            object.map(|object| String::from_utf8(object).unwrap())
        };
        assert_eq!(row("[1, [2],3]").as_deref(), Some(r#"{"a":1,"b":[2]}"#));
        assert_eq!(row("[]").as_deref(), Some("{}"));
        assert_eq!((row("{}"), row("[1")), (None, None));
        assert_eq!((names_of("[1]"), names_of(r#"[{"type":"x"}]"#)), (None, None));
    }
}
