// Writes the exact nearest centre of each address; each workgroup makes one trip.

#import nearest

@group(0) @binding(3) var<storage, read_write> indices: array<u32>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) id: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
    let at = reach.start + id.x * TRIP + thread;
    let four = load_four(at, reach.end);
    let index = nearest(0u, four);
    for (var lane = 0u; lane < 4u; lane++) {
        if four.live[lane] == 1u {
            indices[at + lane * WORKGROUP - reach.start] = index[lane];
        }
    }
}
