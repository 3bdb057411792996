// The E-step and what the M-step needs of it: moments weighted by responsibility about each anchor,
// the log-likelihood and the entropy, with logarithms base 2.
//
// A workgroup takes one segment, one block of BLOCK components and one parameter set:
//     slice the components of the block at the first octet of the segment
//     for each trip, each thread takes four addresses, one a lane:
//         t[k] = weighted log2-density of component k of the block
//         e[k] = exp2(t[k] - largest t of the block)
//         sum  = e summed over the block, then over the components of all other blocks (normaliser)
//         r[k] = e[k] / sum, the responsibility; 0 in lanes past the end
//         for each k of the block: add r, r d and r d d' to the sums of k, with d = x - anchor
//         add log2 of the density and - r log2 r to the log-likelihood and the entropy
//     each thread writes its sums, one a row; reduce.wgsl adds up the rows
//
// The sums of a thread stay in registers: no barriers, no atomics. The first octet is constant in a
// segment, so its moments follow from those of the others at the end.

#import segment
#import component
#import slice

@group(0) @binding(3) var<storage, read_write> partials: array<f32>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) id: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
    let params = id.z * reach.components;
    let block = id.y * BLOCK;
    let segment = segments[reach.start + id.x];
    let end = segment.start + segment.addresses;
    let first_octet = f32(addresses[segment.start] >> 24u);
//# for k
    let c_$k = slice(components[params + block + $ku], first_octet);
    var weight_$k = 0.0;
    var first_$k = vec3(0.0);
    var second1_$k = vec3(0.0);
    var second2_$k = vec3(0.0);
//# end
    var log_likelihood = 0.0;
    var entropy = 0.0;
    let one = vec4(1.0);
    for (var trip = segment.start; trip < end; trip += TRIP) {
        let four = load_four(trip + thread, end);
        let x1 = vec4<f32>(four.octets[1]);
        let x2 = vec4<f32>(four.octets[2]);
        let x3 = vec4<f32>(four.octets[3]);
        let live = vec4<f32>(four.live);
        var largest = vec4(LEAST);
//# for k
        let t_$k = sliced_log2_density(c_$k, x1, x2, x3);
        largest = max(largest, t_$k);
//# end
        let block_largest = largest;
        var sum = vec4(0.0);
        var surplus = vec4(0.0);
//# for k
        let z_$k = t_$k - block_largest;
        // Products of less would not be normal numbers, which drivers may or may not flush to 0.
        let e_$k = select(vec4(0.0), exp2(z_$k), z_$k > vec4(FLOOR));
        sum += e_$k;
        surplus -= e_$k * z_$k;
//# end
        let block_sum = sum;
        for (var i = BLOCK; i < reach.components; i++) {
            let c = components[params + (block + i) % reach.components];
            let t = log2_density(c, vec4(first_octet), x1, x2, x3);
            let raised = max(largest, t);
            sum = sum * exp2(largest - raised) + exp2(t - raised);
            largest = raised;
        }
        let log_sum = log2(sum);
        let share = select(vec4(0.0), exp2(block_largest - largest), block_largest - largest > vec4(FLOOR));
        let scale = live * share / sum;
        log_likelihood += dot(live, largest + log_sum);
        // - sum r log2 r, in an order in which nothing large cancels; the responsibilities add up to 1.
        entropy += dot(scale, surplus + block_sum * (largest - block_largest));
        if block == 0u {
            entropy += dot(live, log_sum);
        }
//# for k
        {
            let r = e_$k * scale;
            let d1 = x1 - c_$k.anchor1;
            let d2 = x2 - c_$k.anchor2;
            let d3 = x3 - c_$k.anchor3;
            let r1 = r * d1;
            let r2 = r * d2;
            let r3 = r * d3;
            weight_$k += dot(r, one);
            first_$k += vec3(dot(r1, one), dot(r2, one), dot(r3, one));
            second1_$k += vec3(dot(r1, d1), dot(r1, d2), dot(r1, d3));
            second2_$k += vec3(dot(r2, d2), dot(r2, d3), dot(r3, d3));
        }
//# end
    }
    let row = first_row(id, thread, 15u * BLOCK + 2u);
    let step = row_step();
//# for k
    {
        let at = row + $ku * 15u * step;
        let d0 = c_$k.d0;
        partials[at] = weight_$k;
        partials[at + step] = weight_$k * d0;
        partials[at + 2u * step] = first_$k.x;
        partials[at + 3u * step] = first_$k.y;
        partials[at + 4u * step] = first_$k.z;
        partials[at + 5u * step] = weight_$k * (d0 * d0);
        partials[at + 6u * step] = first_$k.x * d0;
        partials[at + 7u * step] = first_$k.y * d0;
        partials[at + 8u * step] = first_$k.z * d0;
        partials[at + 9u * step] = second1_$k.x;
        partials[at + 10u * step] = second1_$k.y;
        partials[at + 11u * step] = second1_$k.z;
        partials[at + 12u * step] = second2_$k.x;
        partials[at + 13u * step] = second2_$k.y;
        partials[at + 14u * step] = second2_$k.z;
    }
//# end
    partials[row + 15u * BLOCK * step] = log_likelihood;
    partials[row + (15u * BLOCK + 1u) * step] = entropy;
}
