// The nearest centre of each address, exactly: four a thread, one trip.

@group(0) @binding(3) var<storage, read_write> indices: array<u32>;

@compute @workgroup_size($WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let thread = id.x;
    if thread >= sweep.threads {
        return;
    }
    let q = quad(thread, 0u);
    let index = nearest(0u, q);
    for (var lane = 0u; lane < 4u; lane++) {
        if q.live[lane] == 1u {
            indices[lane * sweep.threads + thread] = index[lane];
        }
    }
}
