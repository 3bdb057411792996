// The E-step and what the M-step needs of it: responsibility-weighted moments about each anchor,
// the log-likelihood and the entropy, logarithms base 2.
// One thread keeps the sums of $BLOCK components in registers: no barriers, no atomics. The
// components of other blocks are visited only for the normaliser.

@group(0) @binding(3) var<storage, read_write> partials: array<f32>;

@compute @workgroup_size($WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let thread = id.x;
    if thread >= sweep.threads {
        return;
    }
    let params = id.z * sweep.components;
    let block = id.y * $BLOCKu;
//# for k
    let c_$k = components[params + block + $ku];
    var weight_$k = 0.0;
    var first_$k = vec4(0.0);
    var second0_$k = vec4(0.0);
    var second1_$k = vec3(0.0);
    var second2_$k = vec3(0.0);
//# end
    var log_likelihood = 0.0;
    var entropy = 0.0;
    let one = vec4(1.0);
    for (var trip = 0u; trip < sweep.trips; trip++) {
        let q = quad(thread, trip);
        let x0 = vec4<f32>(q.octets[0]);
        let x1 = vec4<f32>(q.octets[1]);
        let x2 = vec4<f32>(q.octets[2]);
        let x3 = vec4<f32>(q.octets[3]);
        let live = vec4<f32>(q.live);
        var largest = vec4(LEAST);
//# for k
        let t_$k = log2_density(c_$k, x0, x1, x2, x3);
        largest = max(largest, t_$k);
//# end
        let block_largest = largest;
        var sum = vec4(0.0);
//# for k
        let e_$k = exp2(t_$k - block_largest);
        sum += e_$k;
//# end
        for (var other = 0u; other < sweep.components; other++) {
            if other >= block && other < block + $BLOCKu {
                continue;
            }
            let c = components[params + other];
            let t = log2_density(c, x0, x1, x2, x3);
            let raised = max(largest, t);
            sum = sum * exp2(largest - raised) + exp2(t - raised);
            largest = raised;
        }
        let log_sum = log2(sum);
        log_likelihood += dot(live, largest + log_sum);
        let scale = live * exp2(block_largest - largest) / sum;
//# for k
        {
            let r = e_$k * scale;
            // - log2 r, in an order in which nothing large cancels
            entropy += dot(r, (largest - t_$k) + log_sum);
            let d0 = x0 - c_$k.anchor0;
            let d1 = x1 - c_$k.anchor1;
            let d2 = x2 - c_$k.anchor2;
            let d3 = x3 - c_$k.anchor3;
            let r0 = r * d0;
            let r1 = r * d1;
            let r2 = r * d2;
            let r3 = r * d3;
            weight_$k += dot(r, one);
            first_$k += vec4(dot(r0, one), dot(r1, one), dot(r2, one), dot(r3, one));
            second0_$k += vec4(dot(r0, d0), dot(r0, d1), dot(r0, d2), dot(r0, d3));
            second1_$k += vec3(dot(r1, d1), dot(r1, d2), dot(r1, d3));
            second2_$k += vec3(dot(r2, d2), dot(r2, d3), dot(r3, d3));
        }
//# end
    }
    let row = first_row(thread, id.y, id.z, 15u * $BLOCKu + 2u);
    let step = sweep.threads;
//# for k
    {
        let at = row + $ku * 15u * step;
        partials[at] = weight_$k;
        partials[at + step] = first_$k.x;
        partials[at + 2u * step] = first_$k.y;
        partials[at + 3u * step] = first_$k.z;
        partials[at + 4u * step] = first_$k.w;
        partials[at + 5u * step] = second0_$k.x;
        partials[at + 6u * step] = second0_$k.y;
        partials[at + 7u * step] = second0_$k.z;
        partials[at + 8u * step] = second0_$k.w;
        partials[at + 9u * step] = second1_$k.x;
        partials[at + 10u * step] = second1_$k.y;
        partials[at + 11u * step] = second1_$k.z;
        partials[at + 12u * step] = second2_$k.x;
        partials[at + 13u * step] = second2_$k.y;
        partials[at + 14u * step] = second2_$k.z;
    }
//# end
    partials[row + 15u * $BLOCKu * step] = log_likelihood;
    partials[row + (15u * $BLOCKu + 1u) * step] = entropy;
}
