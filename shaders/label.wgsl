// The cluster and the log2-density of each address: one trip.

struct Label {
    cluster: u32,
    log2_density: f32,
}

@group(0) @binding(3) var<storage, read_write> labels: array<Label>;

@compute @workgroup_size($WORKGROUP)
fn main(@builtin(workgroup_id) id: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
    let at = sweep.start + id.x * TRIP + thread;
    let q = quad(at, sweep.end);
    let found = densities(q);
    for (var lane = 0u; lane < 4u; lane++) {
        if q.live[lane] == 1u {
            labels[at + lane * $WORKGROUPu - sweep.start] = Label(found.cluster[lane], found.log2_density[lane]);
        }
    }
}
