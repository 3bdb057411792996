// Sums each row of per-thread partials into `words` words, $PARTIALS neighbouring partials a word; the
// host sums those in f64. Order and grouping are the same however sweeps are cut.

struct Reduction {
    rows: u32,
    threads: u32,
    words: u32,
}

@group(0) @binding(0) var<uniform> reduction: Reduction;
@group(0) @binding(1) var<storage, read> partials: array<$WORD>;
@group(0) @binding(2) var<storage, read_write> sums: array<$WORD>;

@compute @workgroup_size($WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let word = id.x;
    let row = id.y;
    if word >= reduction.words || row >= reduction.rows {
        return;
    }
    let end = min((word + 1u) * $PARTIALSu, reduction.threads);
    var sum = $WORD(0);
    for (var thread = word * $PARTIALSu; thread < end; thread++) {
        sum += partials[row * reduction.threads + thread];
    }
    sums[row * reduction.words + word] = sum;
}
