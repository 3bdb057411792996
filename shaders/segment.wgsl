// What all sums share: each workgroup takes a segment, a run of addresses with the same first octet.

#import reach

// Components whose sums a thread keeps.
const BLOCK = $BLOCKu;

struct Segment {
    // index of its first address
    start: u32,
    // how many it has, at least 1
    addresses: u32,
}

@group(0) @binding(4) var<storage, read> segments: array<Segment>;

// The distance between two rows of partial sums, in words. A row has one partial a thread, so
// neighbouring threads write neighbouring words.
fn row_step() -> u32 {
    return (reach.end - reach.start) * WORKGROUP;
}

// The index at which a thread writes row 0 of block `id.y` of parameter set `id.z`, with `rows` rows a
// block.
fn first_row(id: vec3<u32>, thread: u32, rows: u32) -> u32 {
    let blocks = reach.components / BLOCK;
    return (id.z * blocks + id.y) * rows * row_step() + id.x * WORKGROUP + thread;
}
