// Writes the cluster and the log2-density of each address; each workgroup makes one trip.

#import density

struct Label {
    // index of the component of largest responsibility
    cluster: u32,
    // bits
    log2_density: f32,
}

@group(0) @binding(3) var<storage, read_write> labels: array<Label>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) id: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
    let at = reach.start + id.x * TRIP + thread;
    let four = load_four(at, reach.end);
    let of_four = densities(four);
    for (var lane = 0u; lane < 4u; lane++) {
        if four.live[lane] == 1u {
            labels[at + lane * WORKGROUP - reach.start] = Label(of_four.cluster[lane], of_four.log2_density[lane]);
        }
    }
}
