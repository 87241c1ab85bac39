#!/bin/sh
# The addon and this package's tests against the libtorch of another Debian, in a root folder of its own that is kept for the next time.
#   sudo sh scripts/try-debian.sh FOLDER trixie|sid
#   sudo sh scripts/try-debian.sh FOLDER trixie --cuda       PyTorch for CUDA, tried without a GPU; 2.7 GB to fetch, 12 GB on disk
# Needs root (chroot), debootstrap and the network of Debian's packages. With --cuda: what a GPU would be asked to do, in which order, and how
# long the processor takes to ask (packages/torch/test/stand-in); kernels do not run, so that no number means anything. Then the addon once more
# against the same files laid out as pip's wheels are.
set -e
[ $# -ge 2 ] || { sed -n 2,6p "$0"; exit 2; }
# What is mounted below is this process's alone and gone with it, however it ends.
[ -n "$OWN_MOUNTS" ] || OWN_MOUNTS=1 exec unshare --mount sh "$0" "$@"
root=$1 suite=$2 cuda=$3
here=$(cd "$(dirname "$0")/.." && pwd)
inside() { chroot "$root" env -i HOME=/root TERM=dumb PATH=/cinelead/node_modules/.bin:/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive "$@"; }

[ -e "$root/etc/debian_version" ] || debootstrap --variant=minbase "$suite" "$root" http://deb.debian.org/debian
cp -L /etc/resolv.conf /etc/hosts "$root/etc/"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
packages="g++ libgloo-dev libopenblas0-pthread libtorch-dev python3-torch"
[ "$cuda" != --cuda ] || packages="g++ binutils libgloo-cuda-dev libopenblas0-pthread libnccl-dev libtorch-cuda-dev python3-torch-cuda"
echo "deb http://deb.debian.org/debian $suite main contrib non-free" > "$root/etc/apt/sources.list"
inside apt-get -qq -o Acquire::Check-Valid-Until=false update
install() { inside apt-get -qq -y --no-install-recommends install $packages >> "$root/apt.log" 2>&1; }
if [ "$cuda" = --cuda ] && ! install && [ -e "$root/var/lib/dpkg/info/nvidia-cudnn.postinst" ]; then
  # a script that fetches cuDNN from elsewhere: what follows does without
  printf '#!/bin/sh\n' > "$root/var/lib/dpkg/info/nvidia-cudnn.postinst"
  inside dpkg --configure -a >> "$root/apt.log" 2>&1 || : # told by the next line
fi
install || { tail -5 "$root/apt.log"; exit 1; }

mkdir -p "$root/cinelead"
(cd "$here" && git ls-files -z | tar cf - --null -T - node_modules $(find packages -maxdepth 2 -name node_modules)) | tar xf - -C "$root/cinelead"

if [ "$cuda" = --cuda ]; then
  inside sh -ec '
    cd /cinelead/packages/torch && rm -rf build/stand-in && mkdir -p build/stand-in && cd build/stand-in
    lib=/usr/lib/x86_64-linux-gnu
    wanted() { nm -D --undefined-only $lib/libtorch_cuda.so $lib/libc10_cuda.so $lib/libtorch_cpu.so $lib/libtorch_cuda_linalg.so $lib/libcaffe2_nvrtc.so $lib/libtorch_python.so | sed "s/.* //; s/@.*//" | sort -u; }
    # the driver is asked for by name at run time
    asked() { strings -a $lib/libc10_cuda.so $lib/libtorch_cuda.so $lib/libcaffe2_nvrtc.so | grep -E "^(cu|nvml)[A-Z][A-Za-z0-9]*(_v[0-9])?$" | sort -u; }
    gcc -O1 -fPIC -shared -o own.so ../../test/stand-in/*.c -lpthread
    nm -D --defined-only own.so | sed "s/.* //" | sort -u > own
    { wanted | grep -E "^_*(cuda|cublas|cusparse|cusolver|cufft|curand|nccl|nvtx|nvrtc|cu[A-Z])"; asked; } | sort -u | grep -vxFf own | sed "s/.*/int &(void) { return 0; }/" > empty.c
    gcc -O1 -w -fPIC -shared -o libstand-in.so ../../test/stand-in/*.c empty.c -lpthread
    wanted | grep "^cudnn" | sed "s/.*/int &(void) { return 1; }/" > cudnn.c
    gcc -w -fPIC -shared -Wl,-soname,libcudnn.so.9 -o /usr/local/lib/libcudnn.so.9 cudnn.c && ldconfig
    cp libstand-in.so libcuda.so.1 && cp libstand-in.so libnvidia-ml.so.1'
fi
inside sh -ec 'cd /cinelead && node packages/torch/scripts/build.mjs && node -e "
  const { version, cuda, nccl, gloo, dropped } = JSON.parse(fs.readFileSync(\"packages/torch/build/libtorch.json\"))
  console.log(\"libtorch\", version, JSON.stringify({ cuda, nccl, gloo, dropped }))" && vitest run packages/torch --reporter=dot'
[ "$cuda" = --cuda ] || exit 0
libraries=/cinelead/packages/torch/build/stand-in
inside env LD_LIBRARY_PATH="$libraries" LD_PRELOAD="$libraries/libstand-in.so" STAND_IN_GPUS=2 sh -ec '
  cd /cinelead/packages/torch
  node test/gpu.ts --without-values
  for how in "" --capture; do node bench/run.ts --device cuda:0 --dtype bfloat16 --only step $how; done
  cd /cinelead
  cinelead="node packages/cinelead/src/cli/main.ts"
  rm -rf /tmp/store /tmp/one /tmp/two /tmp/many /tmp/tight
  $cinelead simulate --as store --out /tmp/store --subjects 120 --seed 5
  $cinelead compare --store /tmp/store --run /tmp/one --device cuda:0 --seed 1
  $cinelead train --store /tmp/store --run /tmp/two --device cuda --ranks 2 --seed 1
  $cinelead simulate --as store --out /tmp/many --subjects 800 --seed 5
  STAND_IN_MIB=260 $cinelead train --store /tmp/many --run /tmp/tight --device cuda:0 --seed 1 # arrays that do not fit stay on the host'

# In a copy of the root folder that is gone with the mounts: NVIDIA's headers and CUDA's runtime lie in a folder of their own beside torch, and
# what comes with nvcc or with CUDA's C++ library is nowhere.
mkdir -p "$root.wheels" && mount -t tmpfs tmpfs "$root.wheels" && mkdir "$root.wheels/upper" "$root.wheels/work" "$root.wheels/root"
mount -t overlay overlay -o "lowerdir=$root,upperdir=$root.wheels/upper,workdir=$root.wheels/work" "$root.wheels/root"
root=$root.wheels/root
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
inside env PYTHONPATH=/wheels sh -ec '
  mkdir -p /wheels/torch /wheels/nvidia/cu12/include /wheels/nvidia/cu12/lib
  touch /wheels/torch/__init__.py
  ln -s /usr/include /usr/lib/x86_64-linux-gnu /wheels/torch && mv /wheels/torch/x86_64-linux-gnu /wheels/torch/lib
  rm -r /usr/include/crt /usr/include/nv
  mv $(cat /var/lib/dpkg/info/nvidia-cuda-dev*.list /var/lib/dpkg/info/libnccl-dev*.list | grep -E "^/usr/include/[^/]+\.hp*$") /wheels/nvidia/cu12/include
  mv /usr/lib/x86_64-linux-gnu/libcudart.so* /wheels/nvidia/cu12/lib && ldconfig
  cd /cinelead/packages/torch
  node scripts/build.mjs
  node -e "
    const { source, cudaInclude, cudaLib, nccl, dropped } = JSON.parse(fs.readFileSync(\"build/libtorch.json\"))
    console.log(\"as wheels:\", JSON.stringify({ source, cudaInclude, cudaLib, nccl, dropped }))
    if (dropped.length > 0 || !nccl) process.exit(1)"'
inside env LD_LIBRARY_PATH="$libraries" LD_PRELOAD="$libraries/libstand-in.so" STAND_IN_GPUS=2 sh -ec '
  cd /cinelead/packages/torch && node test/gpu.ts --without-values'
