abort "the profile gives up \e[31mhere"
