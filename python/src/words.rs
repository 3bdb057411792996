//! What the library tells, for those who call it from Python: it names the program's options, which are parameters here.

/// Options that are parameters, with the values in words that are told.
const PARAMETERS: [(&str, &[&str]); 11] = [
    ("allow", &[]),
    ("behaviour", &[]),
    ("dst-column", &[]),
    ("engine", &["auto", "cpu", "gpu"]),
    ("exclude", &[]),
    ("only", &[]),
    ("role", &["any"]),
    ("src-column", &[]),
    ("weight", &[]),
    ("where", &["private"]),
    ("year", &[]),
];
/// Those that are given without a value.
const FLAGS: [&str; 6] =
    ["day-first", "integers", "month-first", "recursive", "strict", "zero-padded"];
/// Those of the program alone.
const OF_PROGRAM: [&str; 3] = ["adapter", "max-iter", "times"];

/// `text` with parameters in place of options. Those of other programs stay what they are.
pub fn told(text: &str) -> String {
    // What a shell pipes into the program is read from a file.
    let text = text.replace(" | octomix detect -", " > NEW");
    let text = text.replace("octomix validate", "octomix.validate");
    let text = text.replace("-k auto", "the program's -k auto");
    let mut parts = text.split("--");
    let mut told = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|c: char| !c.is_ascii_lowercase() && c != '-').unwrap_or(part.len());
        let (option, rest) = part.split_at(end);
        let name = option.replace('-', "_");
        let parameter = PARAMETERS.iter().find(|(known, _)| *known == option);
        match parameter {
            Some((_, words)) => told += &format!("{name}{}", assigned(rest, words)),
            None if FLAGS.contains(&option) => told += &format!("{name}=True{rest}"),
            None if OF_PROGRAM.contains(&option) => told += &format!("the program's --{part}"),
            None => told += &format!("--{part}"),
        }
    }
    told
}

/// The `rest` of a text behind a parameter, where a value that follows is assigned: one of `words`, a number, or what
/// stands for any, as NUMBER.
fn assigned(rest: &str, words: &[&str]) -> String {
    let Some(value) = rest.strip_prefix(' ') else { return rest.to_owned() };
    let end = value.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(value.len());
    let (value, behind) = value.split_at(end);
    let is_figure = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit();
    match value {
        _ if words.contains(&value) => format!("='{value}'{behind}"),
        "" => rest.to_owned(),
        _ if value.chars().all(is_figure) => format!("={value}{behind}"),
        _ => rest.to_owned(),
    }
}
