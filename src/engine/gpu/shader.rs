//! Shader sources, unrolled for a number of components.
//!
//! Dynamically indexed private arrays are slow on every device and barriers on some, so the sums of
//! each component are scalars of their own: the lines between `//# for k` and `//# end` stand once
//! for each k, with `$k` replaced. `$BLOCK`, `$WORKGROUP`, `$WORD`,
//! `$PARTIALS` and `$BINS` are replaced everywhere.

use super::kernel::Word;
use super::plan::PARTIALS;
use super::tally::BINS;

/// The reach of the sweep and its addresses.
pub const SWEEP: &str = include_str!("../../../shaders/sweep.wgsl");
/// The segments of a sum.
pub const SEGMENT: &str = include_str!("../../../shaders/segment.wgsl");
/// The nearest centre.
pub const NEAREST: &str = include_str!("../../../shaders/nearest.wgsl");
/// A mixture component.
pub const COMPONENT: &str = include_str!("../../../shaders/component.wgsl");
/// Its density with Gaussian tails.
pub const GAUSSIAN: &str = include_str!("../../../shaders/gaussian.wgsl");
/// The same where the first octet is given.
pub const SLICE: &str = include_str!("../../../shaders/slice.wgsl");
/// A component with the tails of t distributions.
pub const STUDENT: &str = include_str!("../../../shaders/student.wgsl");
/// Its density with one over all octets.
pub const JOINT: &str = include_str!("../../../shaders/joint.wgsl");
/// Its density with one along each axis.
pub const EACH: &str = include_str!("../../../shaders/each.wgsl");
/// The kernel of [`Lloyd`](crate::pass::Lloyd).
pub const LLOYD: &str = include_str!("../../../shaders/lloyd.wgsl");
/// The kernel of [`Moments`](crate::pass::Moments).
pub const MOMENTS: &str = include_str!("../../../shaders/moments.wgsl");
/// The kernel of [`Expectation`](crate::pass::Expectation).
pub const EXPECTATION: &str = include_str!("../../../shaders/expectation.wgsl");
/// What a density says of an address.
pub const DENSITY: &str = include_str!("../../../shaders/density.wgsl");
/// The kernel of [`label`](crate::pass::label).
pub const LABEL: &str = include_str!("../../../shaders/label.wgsl");
/// All of that kernel for Gaussian tails.
pub const LABEL_GAUSSIAN_SOURCE: &[&str] = &[SWEEP, COMPONENT, GAUSSIAN, DENSITY, LABEL];
/// All of it for t distributions over all octets.
pub const LABEL_JOINT_SOURCE: &[&str] = &[SWEEP, COMPONENT, STUDENT, JOINT, DENSITY, LABEL];
/// All of it for a t distribution along each axis.
pub const LABEL_EACH_SOURCE: &[&str] = &[SWEEP, COMPONENT, STUDENT, EACH, DENSITY, LABEL];
/// The kernel of [`assign`](crate::pass::assign).
pub const ASSIGN: &str = include_str!("../../../shaders/assign.wgsl");
/// All of that kernel.
pub const ASSIGN_SOURCE: &[&str] = &[SWEEP, NEAREST, ASSIGN];
/// The kernel of a round of [`order_statistics`](crate::engine::Engine::order_statistics).
pub const TALLY: &str = include_str!("../../../shaders/tally.wgsl");
/// All of that kernel for Gaussian tails.
pub const TALLY_GAUSSIAN_SOURCE: &[&str] = &[SWEEP, COMPONENT, GAUSSIAN, DENSITY, TALLY];
/// All of it for t distributions over all octets.
pub const TALLY_JOINT_SOURCE: &[&str] = &[SWEEP, COMPONENT, STUDENT, JOINT, DENSITY, TALLY];
/// All of it for a t distribution along each axis.
pub const TALLY_EACH_SOURCE: &[&str] = &[SWEEP, COMPONENT, STUDENT, EACH, DENSITY, TALLY];
/// The second pass of all sums.
pub const REDUCE: &str = include_str!("../../../shaders/reduce.wgsl");

/// What a source is unrolled for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Shape {
    /// Components whose sums a thread keeps.
    pub block: usize,
    /// Threads a workgroup.
    pub workgroup: u32,
    /// The type of a partial sum.
    pub word: Word,
}

/// The WGSL of `parts`, one after the other, unrolled for `shape`.
pub fn unroll(parts: &[&str], shape: Shape) -> String {
    let mut source = String::new();
    let mut repeated: Option<String> = None;
    for line in parts.iter().flat_map(|part| part.lines()) {
        match line.trim() {
            "//# for k" => repeated = Some(String::new()),
            "//# end" => {
                let body = repeated.take().unwrap_or_default();
                for k in 0..shape.block {
                    source.push_str(&body.replace("$k", &k.to_string()));
                }
            }
            _ => {
                let target = repeated.as_mut().unwrap_or(&mut source);
                target.push_str(line);
                target.push('\n');
            }
        }
    }
    source
        .replace("$BLOCK", &shape.block.to_string())
        .replace("$WORKGROUP", &shape.workgroup.to_string())
        .replace("$WORD", shape.word.name())
        .replace("$PARTIALS", &PARTIALS.to_string())
        .replace("$BINS", &BINS.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marked_lines_stand_once_for_each_component() {
        let shape = Shape { block: 2, workgroup: 64, word: Word::F32 };
        let source =
            unroll(&["a $BLOCK\n//# for k\n b$k = $ku;\n//# end\nc $WORKGROUP $WORD"], shape);
        assert_eq!(source, "a 2\n b0 = 0u;\n b1 = 1u;\nc 64 f32\n");
    }
}
