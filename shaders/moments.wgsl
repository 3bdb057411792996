// Exact moments of the addresses nearest to each centre: count, sums, sums of products.
// As lloyd.wgsl, with the ten products of two octets in place of the squares.

#import segment
#import nearest

@group(0) @binding(3) var<storage, read_write> partials: array<u32>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) id: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
    let params = id.z;
    let block = id.y * BLOCK;
    let segment = segments[reach.start + id.x];
    let end = segment.start + segment.addresses;
//# for k
    var count_$k = 0u;
    var sum_$k = vec4(0u);
    var products0_$k = vec4(0u);
    var products1_$k = vec3(0u);
    var products2_$k = vec3(0u);
//# end
    for (var trip = segment.start; trip < end; trip += TRIP) {
        let four = load_four(trip + thread, end);
        let index = nearest(params * reach.components, four);
        let x0 = four.octets[0];
        let x1 = four.octets[1];
        let x2 = four.octets[2];
        let x3 = four.octets[3];
//# for k
        {
            let w = select(vec4(0u), four.live, index == vec4(block + $ku));
            let w0 = w * x0;
            let w1 = w * x1;
            let w2 = w * x2;
            let w3 = w * x3;
            let one = vec4(1u);
            count_$k += dot(w, one);
            sum_$k += vec4(dot(w0, one), dot(w1, one), dot(w2, one), dot(w3, one));
            products0_$k += vec4(dot(w0, x0), dot(w0, x1), dot(w0, x2), dot(w0, x3));
            products1_$k += vec3(dot(w1, x1), dot(w1, x2), dot(w1, x3));
            products2_$k += vec3(dot(w2, x2), dot(w2, x3), dot(w3, x3));
        }
//# end
    }
    let row = first_row(id, thread, 15u * BLOCK);
    let step = row_step();
//# for k
    {
        let at = row + $ku * 15u * step;
        partials[at] = count_$k;
        partials[at + step] = sum_$k.x;
        partials[at + 2u * step] = sum_$k.y;
        partials[at + 3u * step] = sum_$k.z;
        partials[at + 4u * step] = sum_$k.w;
        partials[at + 5u * step] = products0_$k.x;
        partials[at + 6u * step] = products0_$k.y;
        partials[at + 7u * step] = products0_$k.z;
        partials[at + 8u * step] = products0_$k.w;
        partials[at + 9u * step] = products1_$k.x;
        partials[at + 10u * step] = products1_$k.y;
        partials[at + 11u * step] = products1_$k.z;
        partials[at + 12u * step] = products2_$k.x;
        partials[at + 13u * step] = products2_$k.y;
        partials[at + 14u * step] = products2_$k.z;
    }
//# end
}
