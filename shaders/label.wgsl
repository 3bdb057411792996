// The cluster and the log2-density of each address: four a thread, one trip. The tails stand in the
// part before.

struct Label {
    cluster: u32,
    log2_density: f32,
}

@group(0) @binding(3) var<storage, read_write> labels: array<Label>;

@compute @workgroup_size($WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let thread = id.x;
    if thread >= sweep.threads {
        return;
    }
    let q = quad(thread, 0u);
    let x0 = vec4<f32>(q.octets[0]);
    let x1 = vec4<f32>(q.octets[1]);
    let x2 = vec4<f32>(q.octets[2]);
    let x3 = vec4<f32>(q.octets[3]);
    var largest = vec4(LEAST);
    var sum = vec4(0.0);
    var cluster = vec4(0u);
    for (var k = 0u; k < sweep.components; k++) {
        let t = log2_density(components[k], x0, x1, x2, x3);
        cluster = select(cluster, vec4(k), t > largest);
        let raised = max(largest, t);
        sum = sum * exp2(largest - raised) + exp2(t - raised);
        largest = raised;
    }
    let density = largest + log2(sum);
    for (var lane = 0u; lane < 4u; lane++) {
        if q.live[lane] == 1u {
            labels[lane * sweep.threads + thread] = Label(cluster[lane], density[lane]);
        }
    }
}
