// What a density says of four addresses. $TAIL is the tail of the kernel, which defines `components`
// and `log2_density`.

#import reach
#import $TAIL

struct Densities {
    // index of the component of largest responsibility; of several, the lowest
    cluster: vec4<u32>,
    // bits
    log2_density: vec4<f32>,
}

fn densities(four: Four) -> Densities {
    let x0 = vec4<f32>(four.octets[0]);
    let x1 = vec4<f32>(four.octets[1]);
    let x2 = vec4<f32>(four.octets[2]);
    let x3 = vec4<f32>(four.octets[3]);
    var largest = vec4(LEAST);
    var sum = vec4(0.0);
    var cluster = vec4(0u);
    for (var k = 0u; k < reach.components; k++) {
        let t = log2_density(components[k], x0, x1, x2, x3);
        cluster = select(cluster, vec4(k), t > largest);
        let raised = max(largest, t);
        sum = sum * exp2(largest - raised) + exp2(t - raised);
        largest = raised;
    }
    return Densities(cluster, largest + log2(sum));
}
