// The nearest centre of each address, exactly: one trip.

@group(0) @binding(3) var<storage, read_write> indices: array<u32>;

@compute @workgroup_size($WORKGROUP)
fn main(@builtin(workgroup_id) id: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
    let at = sweep.start + id.x * TRIP + thread;
    let q = quad(at, sweep.end);
    let index = nearest(0u, q);
    for (var lane = 0u; lane < 4u; lane++) {
        if q.live[lane] == 1u {
            indices[at + lane * $WORKGROUPu - sweep.start] = index[lane];
        }
    }
}
