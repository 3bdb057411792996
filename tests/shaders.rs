//! The shaders without a device: they parse, they validate, and their structs lie as the host's do.

use std::mem::{offset_of, size_of};

use naga::valid::{Capabilities, ValidationFlags, Validator};
use octomix::engine::gpu::kernel::{Kernel, Word};
use octomix::engine::gpu::shader::{self, Shape, unroll};
use octomix::engine::gpu::{
    LabelWord, PackedCentre, PackedComponent, PackedStudent, Reduction, Round, Segment, Sweep,
};
use octomix::pass::{Expectation, Lloyd, Moments};

fn module(parts: &[&str], shape: Shape) -> naga::Module {
    let source = unroll(parts, shape);
    let module = naga::front::wgsl::parse_str(&source)
        .unwrap_or_else(|error| panic!("{shape:?}: {}", error.emit_to_string(&source)));
    Validator::new(ValidationFlags::all(), Capabilities::empty())
        .validate(&module)
        .unwrap_or_else(|error| panic!("{shape:?}: {}", error.emit_to_string(&source)));
    module
}

/// The sources of the kernel of labels, one a tail.
const LABELS: [&[&str]; 3] =
    [shader::LABEL_GAUSSIAN_SOURCE, shader::LABEL_JOINT_SOURCE, shader::LABEL_EACH_SOURCE];

/// The sources of the kernel of order statistics, one a tail.
const TALLIES: [&[&str]; 3] =
    [shader::TALLY_GAUSSIAN_SOURCE, shader::TALLY_JOINT_SOURCE, shader::TALLY_EACH_SOURCE];

fn shape(block: usize, word: Word) -> Shape {
    Shape { block, workgroup: 64, word }
}

#[test]
fn every_kernel_validates_for_every_block() {
    for block in 1..=8 {
        module(Lloyd::SOURCE, shape(block, Lloyd::WORD));
        module(Moments::SOURCE, shape(block, Moments::WORD));
        module(Expectation::SOURCE, shape(block, Expectation::WORD));
    }
    for source in LABELS.into_iter().chain(TALLIES) {
        module(source, shape(1, Word::F32));
    }
    module(shader::ASSIGN_SOURCE, shape(1, Word::F32));
    module(&[shader::REDUCE], shape(0, Word::F32));
    module(&[shader::REDUCE], shape(0, Word::U32));
}

/// Asserts that struct `name` has `size` bytes and `offsets`, one a member.
fn assert_layout(module: &naga::Module, name: &str, size: usize, offsets: &[usize]) {
    let (_, ty) = module
        .types
        .iter()
        .find(|(_, ty)| ty.name.as_deref() == Some(name))
        .unwrap_or_else(|| panic!("no struct {name}"));
    let naga::TypeInner::Struct { members, span } = &ty.inner else {
        panic!("{name} is no struct")
    };
    assert_eq!(*span as usize, size, "{name}: size");
    let found: Vec<usize> = members.iter().map(|member| member.offset as usize).collect();
    assert_eq!(found, offsets, "{name}: offsets");
}

/// The offsets of `count` words from `start`.
fn words(start: usize, count: usize) -> impl Iterator<Item = usize> {
    (0..count).map(move |i| start + 4 * i)
}

#[test]
fn structs_lie_as_the_hosts_do() {
    let expectation = module(Expectation::SOURCE, shape(1, Expectation::WORD));
    let sweep = [offset_of!(Sweep, start), offset_of!(Sweep, end), offset_of!(Sweep, components)];
    assert_layout(&expectation, "Sweep", size_of::<Sweep>(), &sweep);
    let segment = [offset_of!(Segment, start), offset_of!(Segment, addresses)];
    assert_layout(&expectation, "Segment", size_of::<Segment>(), &segment);
    let component: Vec<usize> = words(offset_of!(PackedComponent, bias), 1)
        .chain(words(offset_of!(PackedComponent, anchor), 4))
        .chain(words(offset_of!(PackedComponent, shift), 4))
        .chain(words(offset_of!(PackedComponent, factor), 10))
        .collect();
    assert_layout(&expectation, "Component", size_of::<PackedComponent>(), &component);

    let lloyd = module(Lloyd::SOURCE, shape(1, Lloyd::WORD));
    let centre: Vec<usize> = words(offset_of!(PackedCentre, half_norm), 1)
        .chain(words(offset_of!(PackedCentre, x), 4))
        .chain(words(offset_of!(PackedCentre, window), 1))
        .chain(words(offset_of!(PackedCentre, half_norm_words), 3))
        .chain(words(offset_of!(PackedCentre, high), 4))
        .chain(words(offset_of!(PackedCentre, middle), 4))
        .chain(words(offset_of!(PackedCentre, low), 4))
        .collect();
    assert_layout(&lloyd, "Centre", size_of::<PackedCentre>(), &centre);

    let reduce = module(&[shader::REDUCE], shape(0, Word::F32));
    let reduction =
        [offset_of!(Reduction, rows), offset_of!(Reduction, threads), offset_of!(Reduction, words)];
    assert_layout(&reduce, "Reduction", size_of::<Reduction>(), &reduction);

    let label = module(shader::LABEL_JOINT_SOURCE, shape(1, Word::F32));
    let student = [offset_of!(PackedStudent, component), offset_of!(PackedStudent, power)];
    assert_layout(&label, "Student", size_of::<PackedStudent>(), &student);
    assert_layout(&label, "Component", size_of::<PackedComponent>(), &component);
    let word = [offset_of!(LabelWord, cluster), offset_of!(LabelWord, log2_density)];
    assert_layout(&label, "Label", size_of::<LabelWord>(), &word);

    let tally = module(shader::TALLY_GAUSSIAN_SOURCE, shape(1, Word::F32));
    let round = [offset_of!(Round, prefix), offset_of!(Round, mask), offset_of!(Round, shift)];
    assert_layout(&tally, "Round", size_of::<Round>(), &round);
}

#[test]
fn bindings_are_in_the_order_the_host_binds_them() {
    let names = |module: &naga::Module| {
        let mut bound: Vec<_> = module
            .global_variables
            .iter()
            .filter_map(|(_, v)| {
                v.binding.map(|b| (b.group, b.binding, v.name.clone().unwrap_or_default()))
            })
            .collect();
        bound.sort();
        bound.into_iter().map(|(group, _, name)| format!("{group}:{name}")).collect::<Vec<_>>()
    };
    let sweep = |params: &str, output: &str, more: &[&str]| -> Vec<String> {
        let all = [&["sweep", "addresses", params, output], more].concat();
        all.into_iter().map(|name| format!("0:{name}")).collect()
    };
    let sum = |source, word, params| {
        assert_eq!(
            names(&module(source, shape(3, word))),
            sweep(params, "partials", &["segments"])
        );
    };
    sum(Lloyd::SOURCE, Lloyd::WORD, "centres");
    sum(Moments::SOURCE, Moments::WORD, "centres");
    sum(Expectation::SOURCE, Expectation::WORD, "components");
    let stream = |source, params, output, more: &[&str]| {
        assert_eq!(names(&module(source, shape(1, Word::F32))), sweep(params, output, more));
    };
    for source in LABELS {
        stream(source, "components", "labels", &[]);
    }
    for source in TALLIES {
        stream(source, "components", "counts", &["rounds"]);
    }
    stream(shader::ASSIGN_SOURCE, "centres", "indices", &[]);
    assert_eq!(
        names(&module(&[shader::REDUCE], shape(0, Word::U32))),
        ["0:reduction", "0:partials", "0:sums"]
    );
}
