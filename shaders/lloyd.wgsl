// K-Means assignment: count, sums and squares of the addresses nearest to each centre.
// One thread keeps the sums of $BLOCK centres in registers: no barriers, no atomics, integers only.

@group(0) @binding(3) var<storage, read_write> partials: array<u32>;

@compute @workgroup_size($WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let thread = id.x;
    if thread >= sweep.threads {
        return;
    }
    let params = id.z;
    let block = id.y * $BLOCKu;
//# for k
    var count_$k = 0u;
    var sum_$k = vec4(0u);
    var squares_$k = 0u;
//# end
    for (var trip = 0u; trip < sweep.trips; trip++) {
        let q = quad(thread, trip);
        let index = nearest(params * sweep.components, q);
        let x0 = q.octets[0];
        let x1 = q.octets[1];
        let x2 = q.octets[2];
        let x3 = q.octets[3];
        let square = x0 * x0 + x1 * x1 + x2 * x2 + x3 * x3;
//# for k
        {
            let w = select(vec4(0u), q.live, index == vec4(block + $ku));
            count_$k += dot(w, vec4(1u));
            sum_$k += vec4(dot(w, x0), dot(w, x1), dot(w, x2), dot(w, x3));
            squares_$k += dot(w, square);
        }
//# end
    }
    let row = first_row(thread, id.y, params, 7u * $BLOCKu);
//# for k
    partials[row + ($ku * 7u + 0u) * sweep.threads] = count_$k;
    partials[row + ($ku * 7u + 1u) * sweep.threads] = sum_$k.x;
    partials[row + ($ku * 7u + 2u) * sweep.threads] = sum_$k.y;
    partials[row + ($ku * 7u + 3u) * sweep.threads] = sum_$k.z;
    partials[row + ($ku * 7u + 4u) * sweep.threads] = sum_$k.w;
    // In two halves: the reduction sums 65,536 addresses of up to 4 x 255^2 in a u32.
    partials[row + ($ku * 7u + 5u) * sweep.threads] = squares_$k & 0xffffu;
    partials[row + ($ku * 7u + 6u) * sweep.threads] = squares_$k >> 16u;
//# end
}
