// What the sums share: a workgroup takes a segment, a run of addresses of one first octet.

struct Segment {
    start: u32,
    // at least 1
    addresses: u32,
}

@group(0) @binding(4) var<storage, read> segments: array<Segment>;

// The distance of two rows of partial sums: a partial a thread, so that neighbouring threads write
// neighbouring words.
fn row_step() -> u32 {
    return (sweep.end - sweep.start) * $WORKGROUPu;
}

// Where a thread writes row 0 of block `id.y` of parameter set `id.z`, of `rows` rows a block.
fn first_row(id: vec3<u32>, thread: u32, rows: u32) -> u32 {
    let blocks = sweep.components / $BLOCKu;
    return (id.z * blocks + id.y) * rows * row_step() + id.x * $WORKGROUPu + thread;
}
