n=$(wc -c <"$p")&&echo $n&&head -c $n <"$p"&&head -c $n <"$p"|sha256sum
