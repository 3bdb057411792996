//! The report of a machine as Markdown: a table a subject, units in the headers. Nothing is worked out here.

use std::io::{self, Write};

use octomix::words::{bytes, duration, grouped};

use super::super::validate::{Row, small};
use super::host::Host;
use super::record::{Record, WholeFit};
use super::report::{Cells, ONE_BY_ONE, Report, SPREAD};

/// Writes `record`.
///
/// # Errors
/// When `out` fails.
pub fn write(record: &Record, out: &mut dyn Write) -> io::Result<()> {
    let untold = || "the system does not tell".to_owned();
    let cpu = record.host.cpu.clone().unwrap_or_else(untold);
    let names: Vec<&str> = record.devices.iter().map(|device| &*device.name).collect();
    let title = if names.is_empty() { cpu.clone() } else { names.join(" + ") };
    writeln!(out, "# octomix {} on {}\n", record.octomix, escaped(&title))?;
    let mut about = vec![
        ("octomix", record.octomix.to_owned()),
        ("date", record.date.clone()),
        ("command", format!("`{}`", record.command.replace('`', "'"))),
    ];
    for device in &record.devices {
        let note = if device.software { ": runs on the CPU, for tests" } else { "" };
        about.push(("device", device.name.clone()));
        about.push(("kind", format!("{}, {}{note}", device.kind, device.backend)));
        about.push(("driver", device.driver.clone()));
        about.push(("PCI ids", device.pci.clone()));
    }
    if record.devices.is_empty() {
        about.push(("device", "none: the CPU alone".to_owned()));
    }
    let memory = record.host.memory_bytes.map_or_else(untold, bytes);
    let free = record.host.available_bytes.map_or_else(untold, bytes);
    let machine = record.passes.machine;
    let threads = machine.threads;
    about.extend([
        ("system", record.host.system.to_owned()),
        ("CPU", cpu),
        ("cores", format!("{}; octomix uses {threads} threads", record.host.cores)),
        ("memory", format!("{memory}; free: {free}")),
        (
            "rates of the CPU",
            format!(
                "{:.1} G multiply-adds (f32) and {:.1} GB read a second",
                machine.multiply_adds_per_second / 1e9,
                machine.read_bytes_per_second / 1e9
            ),
        ),
        ("time", format!("{} of {}", duration(record.seconds), duration(record.budget_seconds))),
    ]);
    let about = about.into_iter().map(|(name, value)| vec![name.to_owned(), value]);
    table(out, &["", ""], &[], about)?;
    write_wrong(record, out)?;
    write_validation(record, out)?;
    write_passes(&record.passes, out)?;
    write_fits(&record.fits, out)?;
    writeln!(out, "\n## Occupancy\n\nNot known: {}.", record.occupancy.reason)?;
    writeln!(out, "\n## Left out\n")?;
    for reason in &record.passes.left_out {
        writeln!(out, "- {}", escaped(reason))?;
    }
    for left_out in &record.left_out {
        writeln!(out, "- {}", escaped(&left_out.to_string()))?;
    }
    writeln!(out, "\n## Steps\n")?;
    let steps = record.steps.iter().map(|step| {
        let predicted = step.predicted_seconds.map_or("-".to_owned(), |s| format!("{s:.2}"));
        vec![step.step.clone(), predicted, format!("{:.2}", step.seconds)]
    });
    table(out, &["step", "predicted, s", "taken, s"], &[1, 2], steps)
}

fn write_wrong(record: &Record, out: &mut dyn Write) -> io::Result<()> {
    if let Some(failure) = &record.failure {
        writeln!(out, "\n## Failed\n\n**The report ends early: {}.**", escaped(failure))?;
    }
    if !record.wrong.is_empty() {
        writeln!(out, "\n## Wrong answers\n")?;
        for wrong in &record.wrong {
            writeln!(out, "- **{}**", escaped(wrong))?;
        }
    }
    Ok(())
}

fn write_validation(record: &Record, out: &mut dyn Write) -> io::Result<()> {
    let validation = &record.validation;
    if !validation.kernels.is_empty() {
        writeln!(out, "\n## Kernels\n")?;
        let rows = validation.kernels.iter().map(|check| {
            let components: Vec<String> = check.components.iter().map(usize::to_string).collect();
            let verdict = match check.within {
                Some(true) => "within bounds",
                Some(false) => "OUT OF BOUNDS",
                None => "not run",
            };
            vec![
                check.kernel.to_owned(),
                check.passes.join(", "),
                components.join(", "),
                check.statistics.to_string(),
                verdict.to_owned(),
            ]
        });
        let header = ["kernel", "by the passes", "k", "statistics compared", "verdict"];
        table(out, &header, &[3], rows)?;
    }
    writeln!(out, "\n## Validation\n")?;
    writeln!(
        out,
        "Every engine against the reference. Of each statistic the comparison that comes nearest to its bound is \
         shown. Errors and bounds of sums are per address; those of fits in nats, iterations and shares of the \
         addresses. Parameters of {}.\n",
        validation.models
    )?;
    let mut nearest: Vec<(&str, usize, usize, &Row)> = Vec::new();
    for of in &validation.comparisons {
        for row in &of.checks {
            let same = nearest.iter_mut().find(|(engine, .., found)| {
                (*engine, found.pass, found.statistic) == (of.engine, row.pass, row.statistic)
            });
            let this = (of.engine, of.addresses, of.components, row);
            match same {
                Some(found) if is_nearer(row, found.3) => *found = this,
                Some(_) => {}
                None => nearest.push(this),
            }
        }
    }
    nearest.sort_by_key(|&(engine, ..)| engine);
    let rows = nearest.iter().map(|(engine, addresses, k, row)| {
        vec![
            (*engine).to_owned(),
            row.pass.to_owned(),
            row.statistic.to_owned(),
            grouped(*addresses as u64),
            k.to_string(),
            small(row.error),
            small(row.bound),
            row.verdict().to_owned(),
        ]
    });
    let header =
        ["engine", "pass", "statistic", "addresses", "k", "largest error", "bound", "verdict"];
    table(out, &header, &[3, 4, 5, 6], rows)
}

/// Whether `row` comes nearer to its bound than `other`, or is beyond it.
fn is_nearer(row: &Row, other: &Row) -> bool {
    let share = |row: &Row| if row.bound > 0.0 { row.error / row.bound } else { row.error };
    (!row.within, share(row)) > (!other.within, share(other))
}

/// Writes what `octomix bench` prints without a directory for reports.
///
/// # Errors
/// When `out` fails.
pub fn write_report(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "# octomix {} bench\n", env!("CARGO_PKG_VERSION"))?;
    let host = Host::new();
    let machine = report.machine;
    writeln!(
        out,
        "{}, {} threads, {:.1} G multiply-adds (f32) and {:.1} GB read a second.\n",
        escaped(host.cpu.as_deref().unwrap_or(host.system)),
        machine.threads,
        machine.multiply_adds_per_second / 1e9,
        machine.read_bytes_per_second / 1e9
    )?;
    for device in &report.engines {
        let note = if device.is_software() { " (a software adapter)" } else { "" };
        writeln!(out, "- {}{note}", escaped(&device.device))?;
    }
    for reason in &report.left_out {
        writeln!(out, "- not run: {}", escaped(reason))?;
    }
    write_passes(report, out)
}

fn write_passes(passes: &Report, out: &mut dyn Write) -> io::Result<()> {
    if let Some(busy) = passes.busy() {
        writeln!(out, "\n**Busy: {busy}.**")?;
    }
    for set in passes.sets() {
        writeln!(
            out,
            "\n## Passes over {set}: nanoseconds an address, by the number of addresses\n"
        )?;
        cells(out, passes.timings_table(set))?;
        writeln!(
            out,
            "\nMedians. {SPREAD}: the fastest and the slowest run at the largest size. {ONE_BY_ONE}: what the CPU takes \
             at least to read each address and compute it by itself; kernels that share the work of common octets take \
             less. `-`: not among the sizes, or left out."
        )?;
    }
    passes.write_checks(out)?;
    writeln!(
        out,
        "\n## Uploads\n\nUntil the addresses lie ready: sorted, and copied to the device.\n"
    )?;
    let uploads = passes.uploads.iter().map(|upload| {
        vec![
            upload.set.to_owned(),
            grouped(upload.addresses as u64),
            upload.engine.to_owned(),
            format!("{:.2}", 1e3 * upload.seconds),
            format!("{:.2}", 1e9 * upload.seconds / upload.addresses as f64),
        ]
    });
    table(
        out,
        &["set", "addresses", "engine", "upload, ms", "ns an address"],
        &[1, 3, 4],
        uploads,
    )?;
    writeln!(out, "\n## Crossover\n")?;
    if passes.crossovers.is_empty() {
        return writeln!(out, "None: no GPU was timed beside the CPU.");
    }
    writeln!(
        out,
        "The least number of addresses from which the GPU, with a fiftieth of its upload, beats the CPU.\n"
    )?;
    cells(out, passes.crossovers_table())
}

fn write_fits(fits: &[WholeFit], out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\n## Whole fits\n")?;
    writeln!(
        out,
        "By the defaults of `octomix fit`. Searches on two engines may take different ways: `above cpu` says which \
         end is better.\n"
    )?;
    let rows = fits.iter().map(|fit| {
        // The sum makes 0 of what is rounded to -0.
        let above = fit.above.map(|above| (1e4 * above).round() / 1e4 + 0.0);
        let above = above.map_or("-".to_owned(), |above| format!("{above:.4}"));
        let end = fit.same_end.map_or("-", |same| if same { "the same" } else { "another" });
        vec![
            fit.set.to_owned(),
            grouped(fit.addresses as u64),
            fit.engine.to_owned(),
            fit.components.to_string(),
            fit.iterations.to_string(),
            format!("{:.2}", fit.lower_bound),
            above,
            end.to_owned(),
            format!("{:.2}", fit.seconds),
        ]
    });
    let header = [
        "set",
        "addresses",
        "engine",
        "k",
        "iterations",
        "lower bound, nats",
        "above cpu, nats",
        "end",
        "time, s",
    ];
    table(out, &header, &[1, 3, 4, 5, 6, 8], rows)
}

fn cells(out: &mut dyn Write, cells: Cells) -> io::Result<()> {
    let header: Vec<&str> = cells.header.iter().map(String::as_str).collect();
    table(out, &header, &cells.numbers, cells.rows.into_iter())
}

/// A table of Markdown, the columns at `right` aligned to the right.
fn table(
    out: &mut dyn Write,
    header: &[&str],
    right: &[usize],
    rows: impl Iterator<Item = Vec<String>>,
) -> io::Result<()> {
    writeln!(out, "| {} |", header.join(" | "))?;
    let line = |at| if right.contains(&at) { "---:" } else { "---" };
    writeln!(out, "| {} |", (0..header.len()).map(line).collect::<Vec<_>>().join(" | "))?;
    for row in rows {
        let row: Vec<String> = row.iter().map(|cell| escaped(cell)).collect();
        writeln!(out, "| {} |", row.join(" | "))?;
    }
    Ok(())
}

/// `text` on one line, without what would end a cell. Names come from drivers.
fn escaped(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', r"\|")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_breaks_out_of_its_cell() {
        let mut out = Vec::new();
        let rows = [vec!["a|b\nc".to_owned(), "1".to_owned()]];
        table(&mut out, &["x", "y"], &[1], rows.into_iter()).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert_eq!(text, "| x | y |\n| --- | ---: |\n| a\\|b c | 1 |\n");
    }
}
