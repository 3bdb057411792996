//! The shaders without a device: every kernel of the table parses and validates, binds what the table
//! says, and its structs and constants are those of the host.

use std::mem::{offset_of, size_of};

use naga::valid::{Capabilities, ValidationFlags, Validator};
use octomix::engine::gpu::kernels::{KERNELS, Kernel, Word};
use octomix::engine::gpu::layout::{Layout, PARTIALS};
use octomix::engine::gpu::{PackedCentre, PackedComponent, Reach, Reduction, Segment};

fn module(kernel: &Kernel, components: usize) -> naga::Module {
    let source = kernel.wgsl(components);
    let what = format!("{} of {components}", kernel.name);
    let module = naga::front::wgsl::parse_str(&source)
        .unwrap_or_else(|error| panic!("{what}: {}", error.emit_to_string(&source)));
    Validator::new(ValidationFlags::all(), Capabilities::empty())
        .validate(&module)
        .unwrap_or_else(|error| panic!("{what}: {}", error.emit_to_string(&source)));
    module
}

/// The kernel `name`, for one component.
fn named(name: &str) -> naga::Module {
    module(KERNELS.iter().find(|kernel| kernel.name == name).expect(name), 1)
}

#[test]
fn every_kernel_validates_for_every_block() {
    for kernel in KERNELS {
        for components in 1..=8 {
            module(kernel, components);
        }
        assert!(!kernel.wgsl(8).contains('$'), "{}: a placeholder is left", kernel.name);
    }
    module(&Kernel::reduce(Word::U32), 1);
}

#[test]
fn names_of_kernels_differ() {
    let mut names: Vec<_> = KERNELS.iter().map(|kernel| kernel.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), KERNELS.len());
}

#[test]
fn bindings_have_the_names_and_numbers_of_the_table() {
    for kernel in KERNELS {
        let module = module(kernel, 3);
        let mut found: Vec<_> = module
            .global_variables
            .iter()
            .filter_map(|(_, v)| v.binding.map(|b| (b.group, b.binding, v.name.clone())))
            .collect();
        found.sort();
        let name = |binding| Some(format!("{binding:?}").to_lowercase());
        let table: Vec<_> =
            (0..).zip(kernel.bindings).map(|(i, binding)| (0, i, name(binding))).collect();
        assert_eq!(found, table, "{}", kernel.name);
    }
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
fn structs_have_the_layout_of_the_hosts() {
    let expectation = named("expectation");
    let reach = [offset_of!(Reach, start), offset_of!(Reach, end), offset_of!(Reach, components)];
    assert_layout(&expectation, "Reach", size_of::<Reach>(), &reach);
    let segment = [offset_of!(Segment, start), offset_of!(Segment, addresses)];
    assert_layout(&expectation, "Segment", size_of::<Segment>(), &segment);
    let component: Vec<usize> = words(offset_of!(PackedComponent, bias), 1)
        .chain(words(offset_of!(PackedComponent, anchor), 4))
        .chain(words(offset_of!(PackedComponent, shift), 4))
        .chain(words(offset_of!(PackedComponent, factor), 10))
        .collect();
    assert_layout(&expectation, "Component", size_of::<PackedComponent>(), &component);

    let centre: Vec<usize> = words(offset_of!(PackedCentre, half_norm), 1)
        .chain(words(offset_of!(PackedCentre, x), 4))
        .chain(words(offset_of!(PackedCentre, window), 1))
        .chain(words(offset_of!(PackedCentre, half_norm_words), 3))
        .chain(words(offset_of!(PackedCentre, high), 4))
        .chain(words(offset_of!(PackedCentre, middle), 4))
        .chain(words(offset_of!(PackedCentre, low), 4))
        .collect();
    assert_layout(&named("lloyd"), "Centre", size_of::<PackedCentre>(), &centre);

    let reduction =
        [offset_of!(Reduction, rows), offset_of!(Reduction, threads), offset_of!(Reduction, words)];
    assert_layout(&named("reduce"), "Reduction", size_of::<Reduction>(), &reduction);
}

/// The value of a constant, or the default of an override.
fn value(module: &naga::Module, name: &str) -> Option<usize> {
    let is = |found: &Option<String>| found.as_deref() == Some(name);
    let constant = module.constants.iter().find(|(_, c)| is(&c.name)).map(|(_, c)| c.init);
    let default = || module.overrides.iter().find(|(_, o)| is(&o.name)).and_then(|(_, o)| o.init);
    match module.global_expressions[constant.or_else(default)?] {
        naga::Expression::Literal(naga::Literal::U32(value)) => Some(value as usize),
        _ => None,
    }
}

#[test]
fn constants_are_those_of_the_host() {
    assert_eq!(value(&named("reduce"), "PARTIALS"), Some(PARTIALS));
    for kernel in KERNELS {
        let workgroup = value(&module(kernel, 8), "WORKGROUP");
        assert_eq!(workgroup, Some(Layout::HARDWARE.workgroup as usize), "{}", kernel.name);
    }
}
