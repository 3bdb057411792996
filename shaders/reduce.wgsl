// Sums each row of per-thread partials into `segments` words, at most 64 partials a word, in a fixed
// order; the host sums those in f64.

struct Reduction {
    rows: u32,
    threads: u32,
    segments: u32,
}

@group(0) @binding(0) var<uniform> reduction: Reduction;
@group(0) @binding(1) var<storage, read> partials: array<$WORD>;
@group(0) @binding(2) var<storage, read_write> sums: array<$WORD>;

@compute @workgroup_size($WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let segment = id.x;
    let row = id.y;
    if segment >= reduction.segments || row >= reduction.rows {
        return;
    }
    var sum = $WORD(0);
    for (var thread = segment; thread < reduction.threads; thread += reduction.segments) {
        sum += partials[row * reduction.threads + thread];
    }
    sums[row * reduction.segments + segment] = sum;
}
