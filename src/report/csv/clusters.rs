//! clusters.csv: in which cluster of either model each address is.

use std::io::{self, Write};

use crate::address::AddressSet;
use crate::store::text::{put_address, put_number};

/// Rows whose text is held at a time.
const ROWS: usize = 1 << 12;

/// Writes the addresses of `set`, each with its label of the `mixture` and of `kmeans`, which are in its order.
///
/// # Errors
/// When `out` fails.
pub fn write_clusters(
    set: &AddressSet,
    mixture: &[u32],
    kmeans: &[u32],
    out: &mut dyn Write,
) -> io::Result<()> {
    writeln!(out, "address,{},mixture,kmeans", set.unit().column())?;
    let mut text = Vec::new();
    for (at, (&address, (&mixture, &kmeans))) in
        set.addresses().iter().zip(mixture.iter().zip(kmeans)).enumerate()
    {
        put_address(address, &mut text);
        for number in [set.packets(at), mixture.into(), kmeans.into()] {
            text.push(b',');
            put_number(number, &mut text);
        }
        text.push(b'\n');
        if at % ROWS == ROWS - 1 {
            out.write_all(&text)?;
            text.clear();
        }
    }
    out.write_all(&text)
}
