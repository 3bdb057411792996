// One iteration of K-Means: count, sums and squares of the addresses nearest to each centre.
// Each thread keeps the sums of BLOCK centres in registers: no barriers, no atomics, integers only.

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
    var squares_$k = 0u;
//# end
    for (var trip = segment.start; trip < end; trip += TRIP) {
        let four = load_four(trip + thread, end);
        let index = nearest(params * reach.components, four);
        let x0 = four.octets[0];
        let x1 = four.octets[1];
        let x2 = four.octets[2];
        let x3 = four.octets[3];
        let square = x0 * x0 + x1 * x1 + x2 * x2 + x3 * x3;
//# for k
        {
            let w = select(vec4(0u), four.live, index == vec4(block + $ku));
            count_$k += dot(w, vec4(1u));
            sum_$k += vec4(dot(w, x0), dot(w, x1), dot(w, x2), dot(w, x3));
            squares_$k += dot(w, square);
        }
//# end
    }
    let row = first_row(id, thread, 7u * BLOCK);
    let step = row_step();
//# for k
    partials[row + ($ku * 7u + 0u) * step] = count_$k;
    partials[row + ($ku * 7u + 1u) * step] = sum_$k.x;
    partials[row + ($ku * 7u + 2u) * step] = sum_$k.y;
    partials[row + ($ku * 7u + 3u) * step] = sum_$k.z;
    partials[row + ($ku * 7u + 4u) * step] = sum_$k.w;
    // In two halves: the reduction sums 65,536 addresses of up to 4 x 255^2 in a u32.
    partials[row + ($ku * 7u + 5u) * step] = squares_$k & 0xffffu;
    partials[row + ($ku * 7u + 6u) * step] = squares_$k >> 16u;
//# end
}
