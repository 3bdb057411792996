//! Where each cluster lies: its main blocks with how full they are, in one line.

use std::cmp::Reverse;
use std::io::{self, Write};

use super::table::{table, write_table};
use crate::describe::clusters::{Cluster, ClusterBlock};
use crate::describe::portrait::Spread;
use crate::words::{grouped, percent};

/// Columns for blocks, so that a line is as wide as the table above it.
const WIDTH: usize = 56;

/// Writes a line for each of `clusters`, in lines of so many columns.
///
/// # Errors
/// When `out` fails.
pub fn write_blocks(clusters: &[&Cluster], width: usize, out: &mut dyn Write) -> io::Result<()> {
    let header = ["#", "spread", "flagged", "kind", "addresses of the blocks that it lies in"];
    let mut table = table(header, &[0, 2]);
    for cluster in clusters {
        table.add_row([
            cluster.cluster.to_string(),
            cluster.spread.map_or("", Spread::name).to_owned(),
            grouped(cluster.anomalies),
            kinds(cluster),
            main_blocks(&cluster.blocks),
        ]);
    }
    write_table(&table, width, out)
}

/// The commonest kind of its addresses in blocks that are set aside.
fn kinds(cluster: &Cluster) -> String {
    let commonest = cluster.kinds.iter().max_by_key(|kind| (kind.addresses, Reverse(kind.kind)));
    commonest.map_or(String::new(), |commonest| {
        let share = commonest.addresses as f64 / cluster.size as f64;
        format!("{} {}", percent(share), commonest.kind.name())
    })
}

/// The blocks with the most addresses, as many as fit on a line, but at least one.
pub(in crate::report) fn main_blocks(blocks: &[ClusterBlock]) -> String {
    let mut heaviest: Vec<&ClusterBlock> = blocks.iter().collect();
    // Stable: equals stay in ascending order.
    heaviest.sort_by_key(|block| Reverse(block.addresses));
    let mut line = String::new();
    for (told, block) in heaviest.iter().enumerate() {
        let block = match block.span {
            1 => block.block.clone(),
            span => {
                format!("{}, {} of {}", block.block, grouped(block.addresses), grouped(span))
            }
        };
        let left = heaviest.len() - told - 1;
        let more = if left == 0 { String::new() } else { format!("; {left} more") };
        let mark = if line.is_empty() { "" } else { "; " };
        if told > 0 && line.len() + mark.len() + block.len() + more.len() > WIDTH {
            return format!("{line}; {} more", left + 1);
        }
        line += mark;
        line += &block;
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heaviest_blocks_are_told_and_the_others_counted() {
        let block = |block: &str, addresses, span| ClusterBlock {
            block: block.to_owned(),
            addresses,
            span,
        };
        let full = block("192.168.21.0-192.168.28.255", 2048, 2048);
        let told = main_blocks(std::slice::from_ref(&full));
        assert_eq!(told, "192.168.21.0-192.168.28.255, 2,048 of 2,048");
        let small = block("10.0.0.0/24", 40, 256);
        let lone = block("172.19.2.66", 1, 1);
        assert_eq!(
            main_blocks(&[small.clone(), lone.clone(), full.clone()]),
            "192.168.21.0-192.168.28.255, 2,048 of 2,048; 2 more"
        );
        assert_eq!(main_blocks(&[lone, small]), "10.0.0.0/24, 40 of 256; 172.19.2.66");
        assert_eq!(main_blocks(&[]), "");
    }
}
