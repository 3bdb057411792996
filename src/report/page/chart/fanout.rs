//! Peers against records, both by their logarithms, with what was found.

use super::axes::Chart;
use crate::describe::fanout::Fanout;
use crate::words::{counted, grouped};

/// The scatter of `fanout`; empty where nothing is known.
pub(in crate::report::page) fn fanout(fanout: &Fanout, records: &str) -> String {
    let end = |value: fn(&(f64, f64, u64)) -> f64| {
        fanout.places.iter().map(value).fold(1.0, f64::max).log10().max(1.0) + 0.15
    };
    if fanout.places.is_empty() {
        return String::new();
    }
    let label = "Peers of each address against its records, with the findings";
    let (most_x, most_y) = (end(|place| place.0), end(|place| place.1));
    let mut chart = Chart::new(label, [-0.1, most_x], [-0.1, most_y]);
    chart.log_axes("peers", records);
    for &(peers, records, addresses) in &fanout.places {
        // The area tells how many, by their logarithm.
        let radius = 1.6 + 1.5 * (addresses as f64).log10();
        let (x, y) = (chart.x.at(peers.log10()), chart.y.at(records.log10()));
        chart.push(format_args!(
            r#"<circle class="place" cx="{x:.1}" cy="{y:.1}" r="{radius:.1}"><title>about {} and {}: {}</title></circle>"#,
            counted(peers.round() as u64, "peer", "peers"),
            counted(records.round() as u64, "record", "records"),
            counted(addresses, "address", "addresses"),
        ));
    }
    for &(address, peers, records) in &fanout.found {
        let (x, y) = (chart.x.at(peers.log10()), chart.y.at(records.log10()));
        chart.push(format_args!(
            r#"<circle class="found" cx="{x:.1}" cy="{y:.1}" r="4.5"><title>{address}: {}, {} records</title></circle>"#,
            counted(peers as u64, "peer", "peers"),
            grouped(records as u64),
        ));
    }
    chart.finish()
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    #[test]
    fn places_and_findings_are_drawn() {
        let found = vec![(Ipv4Addr::new(10, 0, 0, 1), 199.0, 199.0)];
        let svg =
            fanout(&Fanout { places: vec![(1.0, 100.0, 7), (200.0, 200.0, 1)], found }, "records");
        assert_eq!(
            (svg.matches("class=\"place\"").count(), svg.matches("class=\"found\"").count()),
            (2, 1)
        );
        assert!(svg.contains("<title>10.0.0.1: 199 peers, 199 records</title>"), "{svg}");
        assert_eq!(fanout(&Fanout::default(), "records"), "");
    }
}
