;; The source of the code in adler32.ts; `wat2wasm adler32.wat` makes it.
(module
  (memory (export "memory") 1)
  (func (export "adler32") (param $sum i32) (param $length i32) (result i32)
    (local $a i32) (local $b i32) (local $at i32) (local $run i32)
    (local $x v128) (local $bytes v128) (local $before v128) (local $weighted v128)
    (local.set $a (i32.and (local.get $sum) (i32.const 0xffff)))
    (local.set $b (i32.shr_u (local.get $sum) (i32.const 16)))
    (block $done
      (loop $runs
        (local.set $run (i32.and (i32.sub (local.get $length) (local.get $at)) (i32.const -16)))
        (br_if $done (i32.eqz (local.get $run)))
        (if (i32.gt_u (local.get $run) (i32.const 5552)) (then (local.set $run (i32.const 5552))))
        (local.set $b (i32.add (local.get $b) (i32.mul (local.get $a) (local.get $run))))
        (local.set $run (i32.add (local.get $run) (local.get $at)))
        (local.set $bytes (v128.const i32x4 0 0 0 0))
        (local.set $before (v128.const i32x4 0 0 0 0))
        (local.set $weighted (v128.const i32x4 0 0 0 0))
        (loop $blocks
          (local.set $x (v128.load (local.get $at)))
          (local.set $before (i32x4.add (local.get $before) (local.get $bytes)))
          (local.set $bytes (i32x4.add (local.get $bytes)
            (i32x4.extadd_pairwise_i16x8_u (i16x8.extadd_pairwise_i8x16_u (local.get $x)))))
          (local.set $weighted (i32x4.add (local.get $weighted) (i32x4.add
            (i32x4.dot_i16x8_s (i16x8.extend_low_i8x16_u (local.get $x)) (v128.const i16x8 16 15 14 13 12 11 10 9))
            (i32x4.dot_i16x8_s (i16x8.extend_high_i8x16_u (local.get $x)) (v128.const i16x8 8 7 6 5 4 3 2 1)))))
          (br_if $blocks (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 16))) (local.get $run))))
        (local.set $a (i32.rem_u (i32.add (local.get $a) (call $across (local.get $bytes))) (i32.const 65521)))
        (local.set $b (i32.rem_u (i32.add (i32.add
            (i32.rem_u (local.get $b) (i32.const 65521))
            (i32.mul (i32.rem_u (call $across (local.get $before)) (i32.const 65521)) (i32.const 16)))
            (call $across (local.get $weighted))) (i32.const 65521)))
        (br $runs)))
    (block $end
      (loop $tail
        (br_if $end (i32.ge_u (local.get $at) (local.get $length)))
        (local.set $a (i32.add (local.get $a) (i32.load8_u (local.get $at))))
        (local.set $b (i32.add (local.get $b) (local.get $a)))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br $tail)))
    (i32.or
      (i32.shl (i32.rem_u (local.get $b) (i32.const 65521)) (i32.const 16))
      (i32.rem_u (local.get $a) (i32.const 65521))))
  (func $across (param $v v128) (result i32)
    (i32.add
      (i32.add (i32x4.extract_lane 0 (local.get $v)) (i32x4.extract_lane 1 (local.get $v)))
      (i32.add (i32x4.extract_lane 2 (local.get $v)) (i32x4.extract_lane 3 (local.get $v))))))
